import type { Registry } from 'prom-client';
import { fetchChannel, type FetchRecord } from '../../channels.ts';
import { CheapHistogram, type Series } from './cheap-histogram.ts';
import { registerCounter } from './read-counter.ts';

const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const representationBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const operationBounds = [1, 2, 4, 8, 16, 32, 64];

/** What is known of one subgraph since the start: plain numbers until somebody reads. */
interface Totals {
  ok: number;
  /** Outcomes but `ok`. */
  readonly others: Map<string, number>;
  retries: number;
  shared: number;
  sentBytes: number;
  receivedBytes: number;
  readonly duration: Series;
  /** Undefined while nobody asked it for entities. */
  batches: Batches | undefined;
}

interface Batches {
  readonly representations: Series;
  readonly operations: Series;
}

interface FetchHistograms {
  readonly duration: CheapHistogram;
  readonly representations: CheapHistogram;
  readonly operations: CheapHistogram;
}

/** Fetches from subgraphs. @returns the function that ends it */
export function countFetches(registry: Registry): () => void {
  const totals = new Map<string, Totals>();
  const histograms = createFetchHistograms(registry);
  createFetchCounters(registry, totals);

  const count = (message: unknown): void => {
    const fetch = message as FetchRecord;
    const own = totals.get(fetch.subgraph) ?? addTotals(totals, fetch.subgraph, histograms);
    if (fetch.code === undefined && fetch.errorCount === 0) own.ok += 1;
    else countOther(own.others, fetch.code ?? 'errors');
    own.retries += fetch.attempts - 1;
    own.shared += fetch.callers - 1;
    own.sentBytes += fetch.sentBytes;
    own.receivedBytes += fetch.receivedBytes;
    own.duration.observe((fetch.endedAt - fetch.startedAt) / 1_000);
    if (fetch.representations === 0) return;
    own.batches ??= addBatches(fetch.subgraph, histograms);
    own.batches.representations.observe(fetch.representations);
    own.batches.operations.observe(fetch.operations);
  };
  fetchChannel.subscribe(count);
  return () => fetchChannel.unsubscribe(count);
}

function countOther(others: Map<string, number>, outcome: string): void {
  others.set(outcome, (others.get(outcome) ?? 0) + 1);
}

function addTotals(
  totals: Map<string, Totals>,
  subgraph: string,
  { duration }: FetchHistograms,
): Totals {
  const own: Totals = {
    ok: 0,
    others: new Map(),
    retries: 0,
    shared: 0,
    sentBytes: 0,
    receivedBytes: 0,
    duration: duration.seriesOf(subgraph),
    batches: undefined,
  };
  totals.set(subgraph, own);
  return own;
}

function addBatches(subgraph: string, histograms: FetchHistograms): Batches {
  const { representations, operations } = histograms;
  return {
    representations: representations.seriesOf(subgraph),
    operations: operations.seriesOf(subgraph),
  };
}

function createFetchHistograms(registry: Registry): FetchHistograms {
  const label = 'subgraph';
  return {
    duration: new CheapHistogram(registry, {
      name: 'trellis_subgraph_fetch_duration_seconds',
      help: 'A fetch with all its tries, its pauses and the time it waited for its turn.',
      label,
      bounds: durationBounds,
    }),
    representations: new CheapHistogram(registry, {
      name: 'trellis_batch_representations',
      help: 'Entities asked for in one fetch.',
      label,
      bounds: representationBounds,
    }),
    operations: new CheapHistogram(registry, {
      name: 'trellis_batch_operations',
      help: 'Operations whose entities were asked for in one fetch.',
      label,
      bounds: operationBounds,
    }),
  };
}

function createFetchCounters(registry: Registry, totals: ReadonlyMap<string, Totals>): void {
  registerCounter(registry, {
    name: 'trellis_subgraph_fetches_total',
    help: 'Fetches: ok, with errors in their answer, or the code they failed with.',
    labels: ['subgraph', 'outcome'],
    *read() {
      for (const [subgraph, { ok, others }] of totals) {
        if (ok > 0) yield [{ subgraph, outcome: 'ok' }, ok];
        for (const [outcome, count] of others) yield [{ subgraph, outcome }, count];
      }
    },
  });
  const sum = (name: string, help: string, total: (own: Totals) => number): void =>
    registerCounter(registry, {
      name,
      help,
      labels: ['subgraph'],
      read: () => [...totals].map(([subgraph, own]) => [{ subgraph }, total(own)] as const),
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
