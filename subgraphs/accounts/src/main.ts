import { runSubgraph } from '@trellis/kit/run-subgraph';
import { accounts } from './subgraph.ts';

await runSubgraph(accounts);
