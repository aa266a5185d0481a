import {
  leaveUnsampled,
  makeSpanId,
  parseTraceContext,
  recordTrace,
  startTrace,
  type TraceContext,
} from '@trellis/platform/trace-context';
import type { FinishedSpan, SpanAttributes, Tracing } from '@trellis/platform/tracing';
import { wireHeaders } from '@trellis/platform/wire-headers';
import {
  arrivalChannel,
  outcomeChannel,
  recordedFetchChannel,
  stepNames,
  type Arrival,
  type FetchRecord,
  type RequestRecord,
  type RequestSpan,
} from '../channels.ts';
import { clip } from './clip.ts';

export interface RequestTracingOptions {
  /** Whether clients decide for traces they began. */
  readonly followsClients: boolean;
}

/**
 * Makes spans of requests, their steps and their fetches. Whether a request is recorded is decided when it arrives; for
 * those that are not, nothing more is done. Spans are made when what they tell of is over.
 * @returns the function that ends it
 */
export function traceRequests(
  tracing: Tracing,
  { followsClients }: RequestTracingOptions,
): () => void {
  const begin = (message: unknown): void => {
    const { record, headers } = message as Arrival;
    const parent = followsClients
      ? parseTraceContext(headers[wireHeaders.traceParent], headers[wireHeaders.traceState])
      : undefined;
    const trace = parent ?? startTrace();
    if (tracing.isSampled(trace.traceId, parent?.sampled))
      beginRecording(record, trace, parent?.parentId);
    else record.trace = leaveUnsampled(trace);
  };
  const end = (message: unknown): void => {
    const record = message as RequestRecord;
    const { trace, span } = record;
    if (!trace || !span) return;
    for (const each of spansOf(record, trace, span)) tracing.record(each);
  };
  const endFetch = (message: unknown): void => tracing.record(spanOfFetch(message as FetchRecord));
  arrivalChannel.subscribe(begin);
  outcomeChannel.subscribe(end);
  recordedFetchChannel.subscribe(endFetch);
  return () => {
    arrivalChannel.unsubscribe(begin);
    outcomeChannel.unsubscribe(end);
    recordedFetchChannel.unsubscribe(endFetch);
  };
}

/** Asks the walk to note what spans are made of. The parent of what is sent is the span of the step `execute`. */
function beginRecording(
  record: RequestRecord,
  trace: TraceContext,
  clientSpanId: string | undefined,
): void {
  record.trace = recordTrace(trace);
  record.span = { id: clientSpanId ? makeSpanId() : trace.parentId, parentId: clientSpanId };
  record.steps ??= [];
  record.fetches ??= [];
}

function spansOf(record: RequestRecord, trace: TraceContext, span: RequestSpan): FinishedSpan[] {
  const endedAt = performance.now();
  const { operationKind, operationName } = record;
  const kind = operationKind ?? 'graphql';
  const request: FinishedSpan = {
    name: operationName === undefined ? kind : `${kind} ${clip(operationName)}`,
    kind: 'server',
    traceId: trace.traceId,
    spanId: span.id,
    parentSpanId: span.parentId,
    hasRemoteParent: true,
    startedAt: record.startedAt,
    endedAt,
    attributes: describeRequest(record),
    error: errorOf(record),
  };
  return [request, ...spansOfSteps(record, trace, request), ...spansOfShared(record, trace)];
}

function describeRequest(record: RequestRecord): SpanAttributes {
  return {
    'graphql.operation.type': record.operationKind,
    'graphql.operation.name': clip(record.operationName),
    'http.response.status_code': record.status,
    'http.response.body.size': record.responseBytes,
    'trellis.request.id': record.id,
    'trellis.operation.hash': record.operationHash,
    'trellis.operation.cost': record.cost,
    'trellis.client.name': clip(record.clientName),
    'trellis.client.version': clip(record.clientVersion),
    'trellis.identity.kind': record.identityKind,
    'trellis.plan.fetches': record.planFetches,
    'trellis.plan.waves': record.planWaves,
    'trellis.answer.errors': record.errorCount,
    'trellis.answer.shared': record.isShared ? true : undefined,
  };
}

/** Denied fields and wrong requests are no failures of the service. */
function errorOf({ status, errorCode, fetches }: RequestRecord): string | undefined {
  if (status >= 500) return errorCode ?? String(status);
  return fetches?.find(({ code }) => code !== undefined)?.code;
}

function spansOfSteps(
  record: RequestRecord,
  trace: TraceContext,
  request: FinishedSpan,
): FinishedSpan[] {
  const steps = record.steps ?? [];
  return steps.map((startedAt, at) => {
    const step = stepNames[at] ?? 'write';
    const isLast = at === steps.length - 1;
    return {
      name: step,
      kind: 'internal',
      traceId: trace.traceId,
      spanId: step === 'execute' ? trace.parentId : makeSpanId(),
      parentSpanId: request.spanId,
      startedAt,
      endedAt: steps[at + 1] ?? request.endedAt,
      attributes: {},
      error: isLast && step !== 'write' ? record.errorCode : undefined,
    };
  });
}

/** Fetches that belong to another request, on whose answers this one waited too. */
function spansOfShared(record: RequestRecord, trace: TraceContext): FinishedSpan[] {
  const shared = (record.fetches ?? []).filter(
    ({ parentSpanId }) => parentSpanId !== trace.parentId,
  );
  return shared.map((fetch) => ({
    name: `shared fetch ${fetch.subgraph}`,
    kind: 'internal',
    traceId: trace.traceId,
    spanId: makeSpanId(),
    parentSpanId: trace.parentId,
    startedAt: Math.max(fetch.startedAt, record.startedAt),
    endedAt: fetch.endedAt,
    attributes: describeFetch(fetch),
    error: fetch.code,
    // A fetch of a request that is not recorded has no span.
    link: fetch.trace.isRecorded
      ? { traceId: fetch.trace.traceId, spanId: fetch.trace.parentId }
      : undefined,
  }));
}

function spanOfFetch(fetch: FetchRecord): FinishedSpan {
  return {
    name: `fetch ${fetch.subgraph}`,
    kind: 'client',
    traceId: fetch.trace.traceId,
    spanId: fetch.trace.parentId,
    parentSpanId: fetch.parentSpanId,
    startedAt: fetch.startedAt,
    endedAt: fetch.endedAt,
    attributes: describeFetch(fetch),
    error: fetch.code ?? (fetch.errorCount > 0 ? 'SUBGRAPH_ERROR' : undefined),
  };
}

function describeFetch(fetch: FetchRecord): SpanAttributes {
  return {
    'trellis.subgraph': fetch.subgraph,
    'graphql.operation.type': fetch.kind,
    'trellis.fetch.attempts': fetch.attempts,
    'trellis.fetch.callers': fetch.callers,
    'trellis.fetch.operations': fetch.operations,
    'trellis.fetch.representations': fetch.representations,
    'trellis.fetch.errors': fetch.errorCount,
    'http.request.body.size': fetch.sentBytes,
    'http.response.body.size': fetch.receivedBytes,
  };
}
