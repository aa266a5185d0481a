import { Counter, Gauge, type Registry } from 'prom-client';
import type { GatewayState } from '../../state.ts';
import { collectState, type CollectedState, type ServedGraph } from '../collect-state.ts';

/** What is true when somebody reads. */
export function measureState(registry: Registry, served: () => ServedGraph | undefined): void {
  measureSupergraph(registry, served);
  measureCaches(registry, served);
  measureBulkheads(registry);
  for (const name of Object.keys(stateMetrics) as (keyof GatewayState)[]) {
    measureNumber(registry, name);
  }
}

function measureSupergraph(registry: Registry, served: () => ServedGraph | undefined): void {
  const info: Gauge<'id'> = new Gauge({
    name: 'trellis_supergraph_info',
    help: '1, for the supergraph that is served.',
    labelNames: ['id'],
    aggregator: 'max',
    registers: [registry],
    collect() {
      info.reset();
      const graph = served();
      if (graph) info.set({ id: graph.id }, 1);
    },
  });
  const since: Gauge = new Gauge({
    name: 'trellis_supergraph_served_since_seconds',
    help: 'Since when it is served, in seconds since 1970.',
    aggregator: 'min',
    registers: [registry],
    collect: () => since.set((served()?.servedSinceMs ?? 0) / 1_000),
  });
}

function measureCaches(registry: Registry, served: () => ServedGraph | undefined): void {
  const read = (): CollectedState['caches'] => {
    const plans = served()?.planCache;
    return [...collectState().caches, ...(plans ? [{ cache: 'plans', ...plans }] : [])];
  };
  const gauge = (name: string, help: string, value: 'entries' | 'bytes'): void => {
    const own: Gauge<'cache'> = new Gauge({
      name,
      help,
      labelNames: ['cache'],
      registers: [registry],
      collect: () => read().forEach((each) => own.set({ cache: each.cache }, each[value])),
    });
  };
  gauge('trellis_cache_entries', 'What a cache holds.', 'entries');
  gauge('trellis_cache_bytes', 'What that takes, as estimated for its bound.', 'bytes');
}

function measureBulkheads(registry: Registry): void {
  const gauge = (name: string, help: string, value: 'running' | 'queued'): void => {
    const own: Gauge<'subgraph'> = new Gauge({
      name,
      help,
      labelNames: ['subgraph'],
      registers: [registry],
      collect: () =>
        collectState().bulkheads.forEach((each) =>
          own.set({ subgraph: each.subgraph }, each[value]),
        ),
    });
  };
  gauge('trellis_subgraph_fetches_running', 'Fetches that are under way.', 'running');
  gauge('trellis_subgraph_fetches_queued', 'Fetches that wait for their turn.', 'queued');
}

/** Metric and meaning of the numbers of state.ts. Null for what is counted elsewhere. */
const stateMetrics: Readonly<Record<keyof GatewayState, readonly [string, string] | null>> = {
  requestsUnderWay: null,
  requestLimit: ['trellis_requests_limit', 'How many requests may be under way at this moment.'],
  requestsShedTotal: null,
  eventLoopDelayMs: ['trellis_event_loop_delay_milliseconds', 'How late the event loop was.'],
  memoryShare: ['trellis_memory_share', 'Larger share of heap and memory in use: 1 is the end.'],
  connections: ['trellis_connections', 'Open connections of clients.'],
  connectionsRefusedTotal: ['trellis_connections_refused_total', 'Turned away over the limit.'],
  connectionsCutTotal: ['trellis_connections_cut_total', 'Cut for reading or sending too slowly.'],
  supergraphSwapsTotal: null,
  supergraphRefusalsTotal: null,
  supergraphRollbacksTotal: null,
  supergraphIsStale: ['trellis_supergraph_is_stale', '1 while not the newest one is served.'],
  unhandledRejectionsTotal: ['trellis_unhandled_rejections_total', 'Rejections nobody waited for.'],
  workers: ['trellis_workers', 'Worker processes, under a supervisor.'],
  workersReady: ['trellis_workers_ready', 'Worker processes that are ready.'],
  workerRestartsTotal: ['trellis_worker_restarts_total', 'Workers that had to be started again.'],
};

const summed: ReadonlySet<keyof GatewayState> = new Set([
  'requestLimit',
  'connections',
  'connectionsRefusedTotal',
  'connectionsCutTotal',
  'unhandledRejectionsTotal',
]);

function measureNumber(registry: Registry, key: keyof GatewayState): void {
  const metric = stateMetrics[key];
  if (!metric) return;
  const [name, help] = metric;
  const registers = [registry];
  // Over several workers: the worst of them, or what each of them knows of all.
  const aggregator = summed.has(key) ? 'sum' : 'max';
  if (key.endsWith('Total')) {
    const counter: Counter = new Counter({
      name,
      help,
      registers,
      aggregator,
      collect() {
        counter.reset();
        counter.inc(collectState().numbers[key] ?? 0);
      },
    });
    return;
  }
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers,
    aggregator,
    collect: () => gauge.set(collectState().numbers[key] ?? 0),
  });
}
