import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { readDeadline, type Deadline } from '@trellis/platform/deadline';
import type { Identity } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import { readTraceContext, type TraceContext } from '@trellis/platform/trace-context';
import { wireHeaders } from '@trellis/platform/wire-headers';

/**
 * What is known of the request being answered. One per request, never kept beyond it:
 * loaders ask for it, so that none can be shared between callers.
 */
export interface RequestScope {
  /** The same in the gateway's log and in every subgraph's. */
  readonly id: string;
  /** The verified caller; an anonymous one is an identity too. */
  readonly identity: Identity;
  readonly deadline: Deadline;
  readonly trace: TraceContext;
  /** Writes the request id and the trace id into every line. */
  readonly log: Logger;
  /** Aborts when the deadline has passed or the answer has been sent. */
  readonly signal: AbortSignal;
}

/** What reading a scope needs beside the headers. */
export interface RequestScopeParts {
  readonly identity: Identity;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** The budget of a caller that names none, and the most that any caller gets. */
  readonly maxDurationMs: number;
}

const requestIdPattern = /^[\w.:-]{1,128}$/;

/** Reads the headers of docs/wire.md that say how a request is to be answered, not who asks. */
export function readRequestScope(
  headers: IncomingHttpHeaders,
  parts: RequestScopeParts,
): RequestScope {
  const given = first(headers[wireHeaders.requestId]);
  const id = given !== undefined && requestIdPattern.test(given) ? given : randomUUID();
  const trace = readTraceContext(
    first(headers[wireHeaders.traceParent]),
    first(headers[wireHeaders.traceState]),
  );
  return {
    id,
    identity: parts.identity,
    deadline: readDeadline(first(headers[wireHeaders.deadline]), parts.maxDurationMs),
    trace,
    log: parts.log.child({ requestId: id, traceId: trace.traceId }),
    signal: parts.signal,
  };
}

/** Headers that came twice are read as Node joins them; only a list of values needs this. */
export function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value[0] : value;
}
