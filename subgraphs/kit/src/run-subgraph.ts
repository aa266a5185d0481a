import { runProcess } from '@trellis/platform/lifecycle';
import { createLog } from '@trellis/platform/log';
import type { RequestScope } from './request-scope.ts';
import { startSubgraph } from './start-subgraph.ts';
import type { Subgraph } from './subgraph.ts';

/** Runs a service as a process of its own: the one line of its main.ts. */
export function runSubgraph<Tables, Context extends RequestScope>(
  subgraph: Subgraph<Tables, Context>,
): Promise<void> {
  const log = createLog(subgraph.name);
  return runProcess(log, () => startSubgraph(subgraph, { log }));
}
