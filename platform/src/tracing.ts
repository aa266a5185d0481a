import type { Logger } from './log.ts';

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** One finished span: what happened between two moments. Plain data, so that a thread can be given it. */
export interface FinishedSpan {
  readonly name: string;
  /** `server` answers a caller, `client` asks somebody else. */
  readonly kind: 'server' | 'client' | 'internal';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Whether the parent is a span of another process. */
  readonly hasRemoteParent?: boolean;
  /** `performance.now()` of the thread that serves. */
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
  /**
   * Whether a thread of its own writes and sends the spans. It takes some memory, and spares the thread that serves the
   * work, and code of its HTTP server that V8 has to compile anew for a client beside it.
   */
  readonly hasOwnThread?: boolean | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
}

/** Where finished spans go. */
export type SpanExporter = Pick<Tracing, 'record' | 'stop'>;

/** What an exporter is told. Plain data, so that a thread can be given it. */
export interface ExportSettings {
  readonly serviceName: string;
  /** Where spans are sent to. */
  readonly url: string;
  /** `performance.timeOrigin` of the thread that serves: moments of spans are counted from there. */
  readonly timeOriginMs: number;
}

/** Is told why spans could not be exported. */
export type TellProblem = (reason: string) => void;
