import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
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
import {
  BatchSpanProcessor,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import type { Logger } from './log.ts';
import { readSampler } from './read-sampler.ts';
import type { FinishedSpan, SpanAttributes, Tracing, TracingOptions } from './tracing.ts';

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

const scope = { name: 'trellis' };
/** A collector that does not answer must not keep a process from stopping. */
const stopTimeoutMs = 3_000;
/** One line about a collector that is away is enough for so long. */
const silenceMs = 60_000;

/** Exports spans by OTLP/HTTP, in batches, from a queue of bounded length. See {@link startTracing}. */
export function exportSpans(options: TracingOptions): Tracing {
  const { env, endpoint, log } = options;
  reportProblems(log);
  const sampler = readSampler(env, options.sampleRatio);
  const ratio = new TraceIdRatioBasedSampler(sampler.ratio);
  const exporter = new OTLPTraceExporter({ url: readUrl(env, endpoint) });
  const processor = new BatchSpanProcessor(exporter);
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': options.serviceName }))
    .merge(detectResources({ detectors: [envDetector] }));
  return {
    isSampled(traceId, parent) {
      if (parent !== undefined && sampler.followsParent) return parent;
      const { decision } = ratio.shouldSample(ROOT_CONTEXT, traceId);
      return decision === SamplingDecision.RECORD_AND_SAMPLED;
    },
    record: (span) => processor.onEnd(toReadable(span, resource)),
    async stop() {
      let timer: NodeJS.Timeout | undefined;
      const tooLate = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, stopTimeoutMs);
      });
      await Promise.race([processor.shutdown().catch(() => undefined), tooLate]);
      clearTimeout(timer);
    },
  };
}

/** The base address gets the path of traces, the address for traces is taken as it is (OTLP exporter specification). */
function readUrl(env: NodeJS.ProcessEnv, endpoint = 'http://localhost:4318'): string {
  const base = env['OTEL_EXPORTER_OTLP_ENDPOINT'] || endpoint;
  const url = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || `${base.replace(/\/$/, '')}/v1/traces`;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(
      `the address of the OpenTelemetry collector is "${url}", not http:// or https://`,
    );
  }
  return url;
}

function toReadable(span: FinishedSpan, resource: Resource): ReadableSpan {
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
    startTime: toWallTime(span.startedAt),
    endTime: toWallTime(span.endedAt),
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

function toWallTime(milliseconds: number): HrTime {
  return toHrTime(performance.timeOrigin + milliseconds);
}

function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1_000);
  return [seconds, Math.round((milliseconds - seconds * 1_000) * 1_000_000)];
}

/** What OpenTelemetry has to say goes to our log: a collector that is away is worth a line a minute, and no more. */
function reportProblems(log: Logger): void {
  let quietUntil = 0;
  const warn = (message: string): void => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + silenceMs;
    log.warn({ reason: describe(message) }, 'spans could not be exported');
  };
  const silent = (): void => undefined;
  const logger: DiagLogger = { error: warn, warn, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
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
