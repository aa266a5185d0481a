import { Gauge, type Registry } from 'prom-client';
import {
  arrivalChannel,
  outcomeChannel,
  type Arrival,
  type RequestRecord,
  type StepMark,
} from '../../channels.ts';
import { CheapHistogram } from './cheap-histogram.ts';
import { registerCounter, single } from './read-counter.ts';

const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Requests by how they went, and where their time went. @returns the function that ends it */
export function countRequests(registry: Registry): () => void {
  const countOutcome = createOutcomeMetrics(registry);
  const countSteps = createStepMetrics(registry);
  const duration = new CheapHistogram(registry, {
    name: 'trellis_request_duration_seconds',
    help: 'From the arrival of a request until its answer is handed to the socket.',
    label: 'kind',
    bounds: durationBounds,
  });
  let underWay = 0;
  const gauge: Gauge = new Gauge({
    name: 'trellis_requests_in_flight',
    help: 'Requests to GraphQL that are being answered.',
    registers: [registry],
    collect: () => gauge.set(underWay),
  });

  const begin = (message: unknown): void => {
    underWay += 1;
    (message as Arrival).record.steps ??= [];
  };
  const end = (message: unknown): void => {
    const record = message as RequestRecord;
    const endedAt = performance.now();
    underWay -= 1;
    duration.observe(kindOf(record), (endedAt - record.startedAt) / 1_000);
    countOutcome(record);
    if (record.steps) countSteps(record.steps, endedAt);
  };
  arrivalChannel.subscribe(begin);
  outcomeChannel.subscribe(end);
  return () => {
    arrivalChannel.unsubscribe(begin);
    outcomeChannel.unsubscribe(end);
  };
}

function kindOf({ operationKind }: RequestRecord): string {
  return operationKind ?? 'none';
}

/** Requests of one kind that were refused with one code, or with none: how many per status. */
type ByStatus = Map<number, number>;

function createOutcomeMetrics(registry: Registry): (record: RequestRecord) => void {
  const byKind = new Map<string, Map<string, ByStatus>>();
  const withErrors = new Map<string, number>();
  let bytes = 0;
  let shared = 0;
  registerCounter(registry, {
    name: 'trellis_requests_total',
    help: 'Requests to GraphQL, by kind of operation, HTTP status and the code that refused them.',
    labels: ['kind', 'status', 'code'],
    *read() {
      for (const [kind, byCode] of byKind) {
        for (const [code, byStatus] of byCode) {
          for (const [status, total] of byStatus) {
            yield [{ kind, status: String(status), code }, total];
          }
        }
      }
    },
  });
  registerCounter(registry, {
    name: 'trellis_answers_with_errors_total',
    help: 'Answers with status 200 that have errors in them.',
    labels: ['kind'],
    read: () => [...withErrors].map(([kind, total]) => [{ kind }, total] as const),
  });
  registerCounter(registry, {
    name: 'trellis_response_bytes_total',
    help: 'Size of answers.',
    labels: [],
    read: () => single(bytes),
  });
  registerCounter(registry, {
    name: 'trellis_shared_answers_total',
    help: 'Requests that got the answer of an equal one that was under way.',
    labels: [],
    read: () => single(shared),
  });
  return (record) => {
    const kind = kindOf(record);
    const byCode = getOrMake(byKind, kind, () => new Map<string, ByStatus>());
    const byStatus = getOrMake(byCode, record.errorCode ?? '', () => new Map<number, number>());
    byStatus.set(record.status, (byStatus.get(record.status) ?? 0) + 1);
    if (record.status === 200 && record.errorCount > 0) {
      withErrors.set(kind, (withErrors.get(kind) ?? 0) + 1);
    }
    bytes += record.responseBytes;
    if (record.isShared) shared += 1;
  };
}

interface StepTotals {
  count: number;
  milliseconds: number;
}

function createStepMetrics(registry: Registry): (marks: readonly StepMark[], end: number) => void {
  const totals = new Map<StepMark['step'], StepTotals>();
  const register = (name: string, help: string, total: (own: StepTotals) => number): void =>
    registerCounter(registry, {
      name,
      help,
      labels: ['step'],
      read: () => [...totals].map(([step, own]) => [{ step }, total(own)] as const),
    });
  register('trellis_steps_total', 'Steps of the walk that requests came to.', ({ count }) => count);
  register(
    'trellis_step_seconds_total',
    'Time that requests spent in a step of the walk.',
    ({ milliseconds }) => milliseconds / 1_000,
  );
  return (marks, endedAt) => {
    let end = endedAt;
    for (let at = marks.length - 1; at >= 0; at -= 1) {
      const mark = marks[at];
      if (!mark) continue;
      const own = getOrMake(totals, mark.step, () => ({ count: 0, milliseconds: 0 }));
      own.count += 1;
      own.milliseconds += end - mark.startedAt;
      end = mark.startedAt;
    }
  };
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
