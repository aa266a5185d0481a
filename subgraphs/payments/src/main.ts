import { runSubgraph } from '@trellis/kit/run-subgraph';
import { payments } from './subgraph.ts';

await runSubgraph(payments);
