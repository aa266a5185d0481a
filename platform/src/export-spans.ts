import {
  diag,
  DiagLogLevel,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Attributes,
  type DiagLogger,
  type HrTime,
  type SpanContext,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { settleWithin } from './settle-within.ts';
import type {
  ExportSettings,
  FinishedSpan,
  SpanAttributes,
  SpanExporter,
  TellProblem,
} from './tracing.ts';

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

const scope = { name: 'trellis' };
/** A collector that does not answer must not keep a process from stopping. */
const stopTimeoutMs = 3_000;

/** Exports spans by OTLP/HTTP, in batches, from a queue of bounded length. */
export function exportSpans(settings: ExportSettings, tell: TellProblem): SpanExporter {
  reportProblems(tell);
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url: settings.url }));
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': settings.serviceName }))
    .merge(detectResources({ detectors: [envDetector] }));
  const origin: Origin = { resource, timeOriginMs: settings.timeOriginMs };
  return {
    record: (span) => processor.onEnd(toReadable(span, origin)),
    stop: () => settleWithin(stopTimeoutMs, processor.shutdown().catch(toProblem(tell))),
  };
}

/** Where spans come from. */
interface Origin {
  readonly resource: Resource;
  readonly timeOriginMs: number;
}

function toReadable(span: FinishedSpan, { resource, timeOriginMs }: Origin): ReadableSpan {
  const { traceId, spanId, parentSpanId, link, error } = span;
  const context: SpanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  return {
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => context,
    ...(parentSpanId === undefined
      ? {}
      : {
          parentSpanContext: {
            traceId,
            spanId: parentSpanId,
            traceFlags: TraceFlags.SAMPLED,
            isRemote: span.hasRemoteParent === true,
          },
        }),
    startTime: toHrTime(timeOriginMs + span.startedAt),
    endTime: toHrTime(timeOriginMs + span.endedAt),
    duration: toHrTime(span.endedAt - span.startedAt),
    status:
      error === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: error },
    attributes: withoutGaps(
      error === undefined ? span.attributes : { ...span.attributes, 'error.type': error },
    ),
    links: link ? [{ context: { ...link, traceFlags: TraceFlags.SAMPLED } }] : [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function withoutGaps(attributes: SpanAttributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined),
  ) as Attributes;
}

function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1_000);
  return [seconds, Math.round((milliseconds - seconds * 1_000) * 1_000_000)];
}

/** What OpenTelemetry has to say goes to our log. */
function reportProblems(tell: TellProblem): void {
  const warn = (message: string): void => tell(describe(message));
  const silent = (): void => undefined;
  const logger: DiagLogger = { error: warn, warn, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** What could not be sent while stopping comes as a rejection. */
function toProblem(tell: TellProblem): (error: unknown) => void {
  return (error) => tell(error instanceof Error ? error.message : String(error));
}

/** Errors come as JSON texts with stacks in them. */
function describe(message: string): string {
  try {
    const { message: inner, code } = JSON.parse(message) as { message?: string; code?: string };
    return inner || code || message.slice(0, 300);
  } catch {
    return message.slice(0, 300);
  }
}
