import { compareRandomGraphs } from './compare-random-graphs.ts';

compareRandomGraphs(0, 2);
