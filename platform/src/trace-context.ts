import { randomFillSync } from 'node:crypto';

/** W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context-1/). */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero: the caller's span. */
  readonly parentId: string;
  readonly sampled: boolean;
  /** Passed on untouched. */
  readonly state: string | undefined;
  /** Whether this process records spans of it, so that what it sends has a span of its own as parent. */
  readonly isRecorded?: boolean;
}

const pattern = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** §3.3.1.3: what we do not pass on when it is longer. */
const maxStateLength = 512;

/** Continues the caller's trace, or starts one when the header is absent or invalid (§4.3). */
export function readTraceContext(
  traceParent: string | undefined,
  traceState: string | undefined,
): TraceContext {
  return parseTraceContext(traceParent, traceState) ?? startTrace();
}

/** The caller's trace. Undefined when the header is absent or invalid. */
export function parseTraceContext(
  traceParent: string | undefined,
  traceState: string | undefined,
): TraceContext | undefined {
  const match = traceParent === undefined ? null : pattern.exec(traceParent);
  const [, traceId = '', parentId = '', flags = '00'] = match ?? [];
  const isValid =
    match !== null &&
    !/^0+$/.test(traceId) &&
    !/^0+$/.test(parentId) &&
    !traceParent?.startsWith('ff');
  if (!isValid) return undefined;
  return {
    traceId,
    parentId,
    sampled: (parseInt(flags, 16) & 1) === 1,
    state: traceState !== undefined && traceState.length <= maxStateLength ? traceState : undefined,
    isRecorded: false,
  };
}

/** Asking the system for 24 bytes costs as much as asking for thousands. */
const pool = Buffer.alloc(24 * 256);
let poolOffset = pool.length;

function randomHex(bytes: number): string {
  if (poolOffset + bytes > pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  poolOffset += bytes;
  return pool.toString('hex', poolOffset - bytes, poolOffset);
}

/** A new span id: 16 lower-case hex digits. */
export function makeSpanId(): string {
  return randomHex(8);
}

/** The same trace with a new span as parent of what comes. */
export function continueTrace({
  traceId,
  sampled,
  state,
  isRecorded = false,
}: TraceContext): TraceContext {
  // Written out, here and below: V8 optimises for one kind of object, and a copy by spreading is another.
  return { traceId, parentId: makeSpanId(), sampled, state, isRecorded };
}

/** The same trace, of which this process records spans; what comes has a new one of them as parent. */
export function recordTrace({ traceId, state }: TraceContext): TraceContext {
  return { traceId, parentId: makeSpanId(), sampled: true, state, isRecorded: true };
}

/** The same trace, which nobody is to record from here on. */
export function leaveUnsampled(trace: TraceContext): TraceContext {
  if (!trace.sampled) return trace;
  const { traceId, parentId, state } = trace;
  return { traceId, parentId, sampled: false, state, isRecorded: false };
}

/** Starts a trace; nobody has decided yet whether it is sampled. */
export function startTrace(): TraceContext {
  const random = randomHex(24);
  return {
    traceId: random.slice(0, 32),
    parentId: random.slice(32),
    sampled: false,
    state: undefined,
    isRecorded: false,
  };
}

/** Writes the `traceparent` header (§3.2). */
export function formatTraceParent(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.parentId}-${trace.sampled ? '01' : '00'}`;
}
