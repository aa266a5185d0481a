import type { SignIdentity } from '@trellis/platform/identity';
import { formatTraceParent } from '@trellis/platform/trace-context';
import { wireHeaders } from '@trellis/platform/wire-headers';
import { identityKey } from '../identity-key.ts';
import { oneByte } from '../one-byte.ts';
import type { RequestContext } from '../request.ts';
import { writeHeaderValues } from '../write-header-values.ts';
import { mixHash } from './mix-hash.ts';
import { RequestHeaders } from './request-headers.ts';

export interface HeaderOptions {
  /** The audience of the signed identity. */
  readonly subgraph: string;
  /** Absent when no wire secret is set: then no identity travels at all. */
  readonly signIdentity: SignIdentity | undefined;
  /** Client headers that travel on, in lower case. None by default: no cookie, no token, nothing of the hop. */
  readonly propagate: readonly string[];
  readonly acceptsCompressed: boolean;
}

export interface HeaderWriter {
  readonly write: (context: RequestContext) => RequestHeaders;
  /** All that tells one caller from another in what `write` returns. Equal keys may share an answer. */
  readonly callerKey: (context: RequestContext) => string;
  /** The same without making keys. */
  readonly callers: CallerMatch;
}

/** Tells callers apart by what a subgraph will see of them: the signed identity and propagated headers. */
export interface CallerMatch {
  /** Equal for callers that are the same, mostly different for others. */
  hash(caller: RequestContext): number;
  /** Whether the subgraph must treat both alike, so that they may share an answer. */
  isSame(one: RequestContext, other: RequestContext): boolean;
}

/**
 * Headers that belong to one connection or that this gateway writes itself (RFC 9110 §7.6.1): never propagated,
 * whatever the settings say.
 */
export const neverPropagated: ReadonlySet<string> = new Set<string>([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  ...Object.values(wireHeaders),
]);

/** Writes the headers of docs/wire.md: who asks, how long the answer is worth something, and which request it belongs to. */
export function createHeaderWriter(options: HeaderOptions): HeaderWriter {
  const { subgraph, signIdentity } = options;
  const propagate = options.propagate.filter((name) => !neverPropagated.has(name));
  const fixed = new RequestHeaders()
    .addOwn('content-type', 'application/json')
    .addOwn('accept', 'application/json, application/graphql-response+json;q=0.9');
  if (options.acceptsCompressed) fixed.addOwn('accept-encoding', 'gzip, br');
  fixed.lines = oneByte(fixed.lines);

  return {
    write(context) {
      const { deadline, id, trace, identity, headers: received } = context;
      const headers = fixed
        .copy()
        .addOwn(wireHeaders.deadline, String(Math.max(1, Math.floor(deadline.remainingMs()))))
        .addForeign(wireHeaders.requestId, id)
        .addOwn(wireHeaders.traceParent, formatTraceParent(trace));
      if (trace.state !== undefined) headers.addForeign(wireHeaders.traceState, trace.state);
      if (signIdentity) headers.addOwn(wireHeaders.identity, signIdentity(identity, subgraph));
      for (const name of propagate) {
        const value = received[name];
        if (value !== undefined) headers.addForeign(name, value);
      }
      return headers;
    },
    callers: {
      hash({ identity, headers }) {
        let hash = signIdentity ? mixHash(0, identity.subject ?? identity.kind) : 0;
        for (const name of propagate) hash = mixHash(hash, headers[name] ?? '');
        return hash;
      },
      isSame(one, other) {
        for (const name of propagate) if (one.headers[name] !== other.headers[name]) return false;
        if (!signIdentity || one.identity === other.identity) return true;
        return identityKey(one.identity) === identityKey(other.identity);
      },
    },
    callerKey(context) {
      const identity = signIdentity ? identityKey(context.identity) : '';
      if (propagate.length === 0) return identity;
      return `${writeHeaderValues(propagate, context.headers)} ${identity}`;
    },
  };
}
