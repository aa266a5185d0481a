import { runSubgraph } from '@trellis/kit/run-subgraph';
import { orders } from './subgraph.ts';

await runSubgraph(orders);
