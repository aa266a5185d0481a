import type { Registry } from 'prom-client';
import { fetchChannel, type FetchRecord } from '../../channels.ts';
import { CheapHistogram } from './cheap-histogram.ts';
import { registerCounter } from './read-counter.ts';

const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const representationBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const operationBounds = [1, 2, 4, 8, 16, 32, 64];

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
  const label = 'subgraph';
  const duration = new CheapHistogram(registry, {
    name: 'trellis_subgraph_fetch_duration_seconds',
    help: 'A fetch with all its tries, its pauses and the time it waited for its turn.',
    label,
    bounds: durationBounds,
  });
  const representations = new CheapHistogram(registry, {
    name: 'trellis_batch_representations',
    help: 'Entities asked for in one fetch.',
    label,
    bounds: representationBounds,
  });
  const operations = new CheapHistogram(registry, {
    name: 'trellis_batch_operations',
    help: 'Operations whose entities were asked for in one fetch.',
    label,
    bounds: operationBounds,
  });
  return (fetch) => {
    duration.observe(fetch.subgraph, (fetch.endedAt - fetch.startedAt) / 1_000);
    if (fetch.representations === 0) return;
    representations.observe(fetch.subgraph, fetch.representations);
    operations.observe(fetch.subgraph, fetch.operations);
  };
}

function createFetchCounters(registry: Registry, sums: ReadonlyMap<string, Sums>): void {
  registerCounter(registry, {
    name: 'trellis_subgraph_fetches_total',
    help: 'Fetches: ok, with errors in their answer, or the code they failed with.',
    labels: ['subgraph', 'outcome'],
    *read() {
      for (const [subgraph, { outcomes }] of sums) {
        for (const [outcome, count] of outcomes) yield [{ subgraph, outcome }, count];
      }
    },
  });
  const sum = (name: string, help: string, total: (own: Sums) => number): void =>
    registerCounter(registry, {
      name,
      help,
      labels: ['subgraph'],
      read: () => [...sums].map(([subgraph, own]) => [{ subgraph }, total(own)] as const),
    });
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
