import { collectState, type ServedGraph } from './collect-state.ts';

/** What is true at this moment, as JSON for people: `/state`. */
export function describeState(served: ServedGraph | undefined): string {
  const { bulkheads, caches, numbers } = collectState();
  const plans = served?.planCache;
  return toText({
    supergraph: served
      ? {
          id: served.id,
          servedSince: new Date(served.servedSinceMs).toISOString(),
          subgraphs: served.subgraphs,
        }
      : null,
    caches: [...caches, ...(plans ? [{ cache: 'plans', ...plans }] : [])],
    subgraphs: bulkheads,
    ...numbers,
  });
}

/** The same of a supervisor, which answers nothing itself. */
export function describeSupervisor(workers: number): string {
  return toText({ workers, hint: 'The numbers of all workers together are at /metrics.' });
}

function toText(state: object): string {
  const own = { processId: process.pid, upSeconds: Math.round(process.uptime()) };
  return `${JSON.stringify({ ...own, ...state }, null, 2)}\n`;
}
