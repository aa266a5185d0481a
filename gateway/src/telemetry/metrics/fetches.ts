import { Counter, Histogram, type Registry } from 'prom-client';
import { fetchChannel, type FetchRecord } from '../../channels.ts';

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const representationBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const operationBuckets = [1, 2, 4, 8, 16, 32, 64];

/** Sums of one subgraph since the start: plain numbers until somebody reads. */
interface Sums {
  readonly outcomes: Map<string, number>;
  retries: number;
  shared: number;
  sentBytes: number;
  receivedBytes: number;
}

/** Fetches from subgraphs. @returns the function that ends it */
export function countFetches(registry: Registry): () => void {
  const sums = new Map<string, Sums>();
  const observe = createFetchHistograms(registry);
  createFetchCounters(registry, sums);

  const count = (message: unknown): void => {
    const fetch = message as FetchRecord;
    const own = sumsOf(sums, fetch.subgraph);
    const outcome = fetch.code ?? (fetch.errorCount > 0 ? 'errors' : 'ok');
    own.outcomes.set(outcome, (own.outcomes.get(outcome) ?? 0) + 1);
    own.retries += fetch.attempts - 1;
    own.shared += fetch.callers - 1;
    own.sentBytes += fetch.sentBytes;
    own.receivedBytes += fetch.receivedBytes;
    observe(fetch);
  };
  fetchChannel.subscribe(count);
  return () => fetchChannel.unsubscribe(count);
}

function sumsOf(sums: Map<string, Sums>, subgraph: string): Sums {
  let own = sums.get(subgraph);
  if (!own) {
    own = { outcomes: new Map(), retries: 0, shared: 0, sentBytes: 0, receivedBytes: 0 };
    sums.set(subgraph, own);
  }
  return own;
}

function createFetchHistograms(registry: Registry): (fetch: FetchRecord) => void {
  const histogram = (name: string, help: string, buckets: number[]): Histogram<'subgraph'> =>
    new Histogram({ name, help, buckets, labelNames: ['subgraph'], registers: [registry] });
  const duration = histogram(
    'trellis_subgraph_fetch_duration_seconds',
    'A fetch with all its tries, its pauses and the time it waited for its turn.',
    durationBuckets,
  );
  const representations = histogram(
    'trellis_batch_representations',
    'Entities asked for in one fetch.',
    representationBuckets,
  );
  const operations = histogram(
    'trellis_batch_operations',
    'Operations whose entities were asked for in one fetch.',
    operationBuckets,
  );
  return (fetch) => {
    const labels = { subgraph: fetch.subgraph };
    duration.observe(labels, (fetch.endedAt - fetch.startedAt) / 1_000);
    if (fetch.representations === 0) return;
    representations.observe(labels, fetch.representations);
    operations.observe(labels, fetch.operations);
  };
}

function createFetchCounters(registry: Registry, sums: ReadonlyMap<string, Sums>): void {
  const fetches: Counter<'subgraph' | 'outcome'> = new Counter({
    name: 'trellis_subgraph_fetches_total',
    help: 'Fetches: ok, with errors in their answer, or the code they failed with.',
    labelNames: ['subgraph', 'outcome'],
    registers: [registry],
    collect() {
      fetches.reset();
      for (const [subgraph, { outcomes }] of sums) {
        for (const [outcome, count] of outcomes) fetches.inc({ subgraph, outcome }, count);
      }
    },
  });
  const sum = (name: string, help: string, read: (own: Sums) => number): void => {
    const counter: Counter<'subgraph'> = new Counter({
      name,
      help,
      labelNames: ['subgraph'],
      registers: [registry],
      collect() {
        counter.reset();
        for (const [subgraph, own] of sums) counter.inc({ subgraph }, read(own));
      },
    });
  };
  sum('trellis_subgraph_retries_total', 'Tries after the first.', ({ retries }) => retries);
  sum(
    'trellis_subgraph_shared_fetches_total',
    'Fetches that were not made, because an equal one was under way.',
    ({ shared }) => shared,
  );
  sum('trellis_subgraph_sent_bytes_total', 'Size of request bodies.', (own) => own.sentBytes);
  sum(
    'trellis_subgraph_received_bytes_total',
    'Size of answers as they came over the wire.',
    (own) => own.receivedBytes,
  );
}
