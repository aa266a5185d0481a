import { Gauge, type Registry } from 'prom-client';
import {
  arrivalChannel,
  outcomeChannel,
  stepNames,
  type Arrival,
  type RequestRecord,
} from '../../channels.ts';
import { CheapHistogram, type Series } from './cheap-histogram.ts';
import { registerCounter, single } from './read-counter.ts';

const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What is known of one kind of operation since the start: plain numbers until somebody reads. */
interface Totals {
  readonly duration: Series;
  /** Answered with status 200, with errors in them or without. */
  answered: number;
  withErrors: number;
  /** All else: by the code that refused it, if one did, how many per status. */
  readonly others: Map<string, Map<number, number>>;
}

/** Requests by how they went, and where their time went. @returns the function that ends it */
export function countRequests(registry: Registry): () => void {
  const countOutcome = createOutcomeMetrics(registry);
  const countSteps = createStepMetrics(registry);
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
    countOutcome(record, endedAt);
    if (record.steps) countSteps(record.steps, endedAt);
  };
  arrivalChannel.subscribe(begin);
  outcomeChannel.subscribe(end);
  return () => {
    arrivalChannel.unsubscribe(begin);
    outcomeChannel.unsubscribe(end);
  };
}

function createOutcomeMetrics(
  registry: Registry,
): (record: RequestRecord, endedAt: number) => void {
  const byKind = new Map<string, Totals>();
  const durations = new CheapHistogram(registry, {
    name: 'trellis_request_duration_seconds',
    help: 'From the arrival of a request until its answer is handed to the socket.',
    label: 'kind',
    bounds: durationBounds,
  });
  let bytes = 0;
  let shared = 0;
  registerOutcomes(registry, byKind);
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
  return (record, endedAt) => {
    const kind = record.operationKind ?? 'none';
    const own = byKind.get(kind) ?? addTotals(byKind, kind, durations);
    own.duration.observe((endedAt - record.startedAt) / 1_000);
    if (record.status === 200 && record.errorCode === undefined) {
      own.answered += 1;
    } else {
      countOther(own.others, record);
    }
    if (record.status === 200 && record.errorCount > 0) own.withErrors += 1;
    bytes += record.responseBytes;
    if (record.isShared) shared += 1;
  };
}

function addTotals(byKind: Map<string, Totals>, kind: string, durations: CheapHistogram): Totals {
  const duration = durations.seriesOf(kind);
  const own: Totals = { duration, answered: 0, withErrors: 0, others: new Map() };
  byKind.set(kind, own);
  return own;
}

function countOther(others: Totals['others'], { errorCode = '', status }: RequestRecord): void {
  let byStatus = others.get(errorCode);
  if (!byStatus) others.set(errorCode, (byStatus = new Map()));
  byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
}

function registerOutcomes(registry: Registry, byKind: ReadonlyMap<string, Totals>): void {
  registerCounter(registry, {
    name: 'trellis_requests_total',
    help: 'Requests to GraphQL, by kind of operation, HTTP status and the code that refused them.',
    labels: ['kind', 'status', 'code'],
    *read() {
      for (const [kind, { answered, others }] of byKind) {
        if (answered > 0) yield [{ kind, status: '200', code: '' }, answered];
        for (const [code, byStatus] of others) {
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
    *read() {
      for (const [kind, { withErrors }] of byKind) if (withErrors > 0) yield [{ kind }, withErrors];
    },
  });
}

function createStepMetrics(registry: Registry): (steps: readonly number[], end: number) => void {
  const counts = new Float64Array(stepNames.length);
  const milliseconds = new Float64Array(stepNames.length);
  const register = (name: string, help: string, total: (at: number) => number): void =>
    registerCounter(registry, {
      name,
      help,
      labels: ['step'],
      *read() {
        for (const [at, step] of stepNames.entries()) if (counts[at]) yield [{ step }, total(at)];
      },
    });
  register('trellis_steps_total', 'Steps of the walk that requests came to.', (at) => {
    return counts[at] ?? 0;
  });
  register(
    'trellis_step_seconds_total',
    'Time that requests spent in a step of the walk.',
    (at) => (milliseconds[at] ?? 0) / 1_000,
  );
  return (steps, endedAt) => {
    let end = endedAt;
    for (let at = steps.length - 1; at >= 0; at -= 1) {
      const startedAt = steps[at] ?? end;
      counts[at] = (counts[at] ?? 0) + 1;
      milliseconds[at] = (milliseconds[at] ?? 0) + end - startedAt;
      end = startedAt;
    }
  };
}
