import { readCachePolicy } from '../cache-policy.ts';
import type { IncomingHttpHeaders } from 'node:http';
import { decompress } from './decompress.ts';
import type { BoundedFetch, FetchContext, Settle } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { HeaderWriter } from './headers.ts';
import type { Instance } from './instance.ts';
import { excerpt, readResponse } from './read-response.ts';
import { readRetryAfter } from './read-retry-after.ts';
import { ResponseCollector, type CollectedResponse } from './response-collector.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';
import { describeTransportFailure } from './transport-failure.ts';

/** Chooses where a fetch goes, and learns how it went. */
export interface InstancePicker {
  /** @returns undefined when no instance is known */
  pick(context: FetchContext): Instance | undefined;
  /** @param isWell whether it answered in time, with anything but a server error (5xx) */
  report(instance: Instance, isWell: boolean): void;
  /** Sends nothing to an instance for so long. @returns whether another one may be asked meanwhile */
  hold(instance: Instance, milliseconds: number): boolean;
}

export interface SendOptions {
  readonly subgraph: string;
  readonly maxResponseBytes: number;
  /** How long a Retry-After is kept to, at most. 0: only by the fetch that got it. */
  readonly maxRetryAfterMs: number;
  readonly headers: HeaderWriter;
  readonly instances: InstancePicker;
  /** Mutations then take sockets that were idle, as queries do: a connection less, and a failure when it was stale. */
  readonly reuseSocketsForMutations: boolean;
}

/**
 * The innermost fetch: one POST over a pooled socket, its answer collected within the size limit and checked.
 * Redirects are answers like any other error status: never followed.
 */
export function send(options: SendOptions): BoundedFetch {
  const { subgraph, instances } = options;
  return function sendOnce(request, context, settle) {
    const instance = instances.pick(context);
    if (!instance) {
      const facts = { detail: 'no instance is known', blame: 'gateway' } as const;
      settle(undefined, new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, facts));
      return;
    }
    context.lastInstance = instance;
    const held = instance.heldUntilMs > 0 ? findHold(instance, subgraph) : undefined;
    if (held) settle(undefined, held);
    else exchange({ request, context, instance, settle }, options);
  };
}

interface Exchange {
  readonly request: SubgraphRequest;
  readonly context: FetchContext;
  readonly instance: Instance;
  readonly settle: Settle;
}

function exchange(exchanged: Exchange, options: SendOptions): void {
  const { request, context, instance, settle } = exchanged;
  const { subgraph, instances } = options;
  instance.pending += 1;
  let isSettled = false;
  let forget: (() => void) | undefined = undefined;
  const end = (error: Error | undefined, response: CollectedResponse | undefined): void => {
    if (isSettled) return;
    isSettled = true;
    instance.pending -= 1;
    forget?.();
    if (response) {
      // One that answers with errors at once would be the least busy of all.
      instances.report(instance, response.status < 500);
      read(response, exchanged, options);
      return;
    }
    const reason = error ?? new Error('the exchange ended without a reason');
    const failure = describeTransportFailure(reason, subgraph, collector.hasBegun);
    if (failure.blame === 'subgraph') {
      // A body that never ends is no better than none.
      instances.report(instance, collector.hasBegun && failure.code !== 'SUBGRAPH_TIMEOUT');
    }
    settle(undefined, failure);
  };
  const collector = new ResponseCollector(options.maxResponseBytes, end);
  forget = context.whenStopped((reason) => {
    collector.abort(reason);
    end(reason, undefined);
  });
  if (isSettled) return;
  const isMutation = request.kind === 'mutation' && !options.reuseSocketsForMutations;
  try {
    const headers = options.headers.write(context);
    const { path } = instance;
    instance.dispatch(
      { path, method: 'POST', headers, body: request.body },
      collector,
      isMutation || context.attempt > 0,
    );
  } catch (defect) {
    if (isSettled) return;
    isSettled = true;
    instance.pending -= 1;
    forget();
    settle(undefined, defect);
  }
}

/** Reads what came. Whatever goes wrong in it is told like every other failure: nobody above could catch it. */
function read(response: CollectedResponse, exchanged: Exchange, options: SendOptions): void {
  const { context, instance, settle } = exchanged;
  const { status, headers, body } = response;
  const encoding = headers['content-encoding'];
  let answer: SubgraphResponse;
  try {
    if (status < 200 || status > 299) throw refused(response, instance, options);
    context.receivedBytes = body.length;
    if (encoding !== undefined) {
      readEncoded(body, encoding, options).then(
        (decoded) => settle(withCache(decoded, headers), undefined),
        (reason: unknown) => settle(undefined, reason),
      );
      return;
    }
    answer = readResponse(body, options.subgraph);
  } catch (reason) {
    settle(undefined, reason);
    return;
  }
  settle(withCache(answer, headers), undefined);
}

/** Most subgraphs say nothing of caching: their answers stay as they are. */
function withCache(
  answer: SubgraphResponse,
  headers: CollectedResponse['headers'],
): SubgraphResponse {
  const cache = readCachePolicy(headers['cache-control']);
  return cache ? { ...answer, cache } : answer;
}

async function readEncoded(
  body: Buffer,
  encoding: string | string[],
  options: SendOptions,
): Promise<SubgraphResponse> {
  return readResponse(await decode(body, encoding, options), options.subgraph);
}

async function decode(
  body: Buffer,
  encoding: string | string[],
  { subgraph, maxResponseBytes }: SendOptions,
): Promise<Buffer> {
  try {
    return await decompress(body, String(encoding), maxResponseBytes);
  } catch (error) {
    const failure = describeTransportFailure(error as Error, subgraph, true);
    throw new FetchFailure('SUBGRAPH_MALFORMED_RESPONSE', subgraph, {
      message: failure.message,
      detail: failure.detail,
      blame: 'subgraph',
    });
  }
}

/** Why nothing is sent while the instance, and with it every other one, wants to be left alone. */
function findHold(instance: Instance, subgraph: string): FetchFailure | undefined {
  const leftMs = Math.ceil(instance.heldUntilMs - performance.now());
  if (leftMs <= 0) {
    instance.heldUntilMs = 0;
    return undefined;
  }
  return new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, {
    message: 'A subgraph asked for fewer requests. Try again.',
    detail: `not sent: a Retry-After asks for ${leftMs} ms more`,
    blame: 'throttle',
    isRetryable: true,
    retryAfterMs: leftMs,
  });
}

function refused(
  { status, headers, body }: CollectedResponse,
  instance: Instance,
  { subgraph, instances, maxRetryAfterMs }: SendOptions,
): FetchFailure {
  const isThrottled = status === 429;
  const askedMs = readRetryAfter(firstValue(headers, 'retry-after'));
  let retryAfterMs = askedMs;
  if (askedMs !== undefined && maxRetryAfterMs > 0 && (isThrottled || status === 503)) {
    const mayAskAnother = instances.hold(instance, Math.min(askedMs, maxRetryAfterMs));
    if (mayAskAnother) retryAfterMs = 0;
  }
  return new FetchFailure('SUBREQUEST_HTTP_ERROR', subgraph, {
    detail: `status ${status}`,
    blame: isThrottled ? 'throttle' : status >= 500 ? 'subgraph' : 'gateway',
    // A 429 or 503 that says when to come back says that nothing was done. Other statuses leave it open.
    isRetryable: (isThrottled || status === 503) && retryAfterMs !== undefined,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    status,
    bodyExcerpt: excerpt(body),
  });
}

function firstValue(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
