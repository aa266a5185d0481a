import { runSubgraph } from '@trellis/kit/run-subgraph';
import { catalog } from './subgraph.ts';

await runSubgraph(catalog);
