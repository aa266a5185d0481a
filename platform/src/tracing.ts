import type { Logger } from './log.ts';

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** One finished span: what happened between two moments. */
export interface FinishedSpan {
  readonly name: string;
  /** `server` answers a caller, `client` asks somebody else. */
  readonly kind: 'server' | 'client' | 'internal';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Whether the parent is a span of another process. */
  readonly hasRemoteParent?: boolean;
  /** `performance.now()` of this process. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: SpanAttributes;
  /** Marks the span as failed, with a word that says why and no value. */
  readonly error?: string | undefined;
  /** A span of another trace that did the work. */
  readonly link?: { readonly traceId: string; readonly spanId: string } | undefined;
}

/** Spans on their way to a collector. Nothing here waits for it. */
export interface Tracing {
  /**
   * Decides whether a trace is recorded.
   * @param parent whether the caller records it; undefined when the trace begins here
   */
  isSampled(traceId: string, parent: boolean | undefined): boolean;
  /** Puts a span into the queue; drops it when the queue is full. */
  record(span: FinishedSpan): void;
  /** Sends what is queued, for a few seconds at most. Never rejects. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  /** `service.name`, unless `OTEL_SERVICE_NAME` says. */
  readonly serviceName: string;
  /** Base address of an OTLP/HTTP collector, unless the environment says. */
  readonly endpoint?: string | undefined;
  /** Part of the traces that begin here, 0 to 1, unless the environment says. */
  readonly sampleRatio?: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
}

/**
 * Starts to export spans when the settings or the standard variables of OpenTelemetry ask for it
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/): an OTLP endpoint is named, or
 * `OTEL_TRACES_EXPORTER` is `otlp`. `OTEL_SDK_DISABLED=true` and `OTEL_TRACES_EXPORTER=none` switch it off.
 * @returns undefined when it is off: then nothing of OpenTelemetry has been loaded
 * @throws Error for a sampler or an address that cannot be understood
 */
export async function startTracing(options: TracingOptions): Promise<Tracing | undefined> {
  if (!wantsTracing(options)) return undefined;
  const { exportSpans } = await import('./export-spans.ts');
  return exportSpans(options);
}

function wantsTracing({ env, endpoint }: TracingOptions): boolean {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const exporter = env['OTEL_TRACES_EXPORTER'];
  if (exporter === 'none') return false;
  if (exporter !== undefined && exporter !== '' && exporter !== 'otlp') {
    throw new Error(`environment: OTEL_TRACES_EXPORTER is "${exporter}"; otlp and none are known`);
  }
  return (
    exporter === 'otlp' ||
    endpoint !== undefined ||
    Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT']) ||
    Boolean(env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])
  );
}
