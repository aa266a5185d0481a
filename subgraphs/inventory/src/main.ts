import { runSubgraph } from '@trellis/kit/run-subgraph';
import { inventory } from './subgraph.ts';

await runSubgraph(inventory);
