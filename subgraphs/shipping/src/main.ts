import { runSubgraph } from '@trellis/kit/run-subgraph';
import { shipping } from './subgraph.ts';

await runSubgraph(shipping);
