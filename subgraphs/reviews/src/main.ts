import { runSubgraph } from '@trellis/kit/run-subgraph';
import { reviews } from './subgraph.ts';

await runSubgraph(reviews);
