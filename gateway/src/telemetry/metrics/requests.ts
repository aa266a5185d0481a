import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import {
  arrivalChannel,
  outcomeChannel,
  type Arrival,
  type RequestRecord,
} from '../../channels.ts';
import { Tally } from './tally.ts';

const durationBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** Requests by how they went, and where their time went. @returns the function that ends it */
export function countRequests(registry: Registry): () => void {
  const metrics = createRequestMetrics(registry);
  let underWay = 0;
  metrics.inFlight(() => underWay);

  const begin = (message: unknown): void => {
    underWay += 1;
    (message as Arrival).record.steps ??= [];
  };
  const end = (message: unknown): void => {
    underWay -= 1;
    metrics.count(message as RequestRecord, performance.now());
  };
  arrivalChannel.subscribe(begin);
  outcomeChannel.subscribe(end);
  return () => {
    arrivalChannel.unsubscribe(begin);
    outcomeChannel.unsubscribe(end);
  };
}

interface RequestMetrics {
  count(record: RequestRecord, endedAt: number): void;
  inFlight(read: () => number): void;
}

function createRequestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const requests = new Tally(registry, {
    name: 'trellis_requests_total',
    help: 'Requests to GraphQL, by kind of operation, HTTP status and the code that refused them.',
    labels: ['kind', 'status', 'code'],
  });
  const duration = new Histogram({
    name: 'trellis_request_duration_seconds',
    help: 'From the arrival of a request until its answer is handed to the socket.',
    labelNames: ['kind'],
    buckets: durationBuckets,
    registers,
  });
  const partial = new Tally(registry, {
    name: 'trellis_answers_with_errors_total',
    help: 'Answers with status 200 that have errors in them.',
    labels: ['kind'],
  });
  const counted = countBytesAndShares(registry);
  const countSteps = createStepMetrics(registry);
  return {
    count(record, endedAt) {
      const { operationKind: kind = 'none', status, errorCode: code = '' } = record;
      requests.add(`${kind} ${status} ${code}`, () => ({ kind, status: String(status), code }));
      duration.observe({ kind }, (endedAt - record.startedAt) / 1_000);
      if (status === 200 && record.errorCount > 0) partial.add(kind, () => ({ kind }));
      counted(record);
      countSteps(record, endedAt);
    },
    inFlight(read) {
      const gauge: Gauge = new Gauge({
        name: 'trellis_requests_in_flight',
        help: 'Requests to GraphQL that are being answered.',
        registers,
        collect: () => gauge.set(read()),
      });
    },
  };
}

function countBytesAndShares(registry: Registry): (record: RequestRecord) => void {
  let bytes = 0;
  let shared = 0;
  const registers = [registry];
  const sent: Counter = new Counter({
    name: 'trellis_response_bytes_total',
    help: 'Size of answers, before compression.',
    registers,
    collect: () => setTotal(sent, bytes),
  });
  const sharing: Counter = new Counter({
    name: 'trellis_shared_answers_total',
    help: 'Requests that got the answer of an equal one that was under way.',
    registers,
    collect: () => setTotal(sharing, shared),
  });
  return (record) => {
    bytes += record.responseBytes;
    if (record.isShared) shared += 1;
  };
}

function createStepMetrics(registry: Registry): (record: RequestRecord, endedAt: number) => void {
  const steps = new Tally(registry, {
    name: 'trellis_steps_total',
    help: 'Steps of the walk that requests came to.',
    labels: ['step'],
  });
  const seconds = new Tally(registry, {
    name: 'trellis_step_seconds_total',
    help: 'Time that requests spent in a step of the walk.',
    labels: ['step'],
  });
  return ({ steps: marks = [] }, endedAt) => {
    for (let at = 0; at < marks.length; at += 1) {
      const mark = marks[at];
      if (!mark) continue;
      const { step, startedAt } = mark;
      const end = marks[at + 1]?.startedAt ?? endedAt;
      steps.add(step, () => ({ step }));
      seconds.add(step, () => ({ step }), (end - startedAt) / 1_000);
    }
  };
}

function setTotal(counter: Counter, total: number): void {
  counter.reset();
  counter.inc(total);
}
