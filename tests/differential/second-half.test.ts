import { compareRandomGraphs } from './compare-random-graphs.ts';

compareRandomGraphs(1, 2);
