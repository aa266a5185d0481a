import { setImmediate } from 'node:timers/promises';
import { readCachePolicy } from '../cache-policy.ts';
import type { IncomingHttpHeaders } from 'node:http';
import { decompress } from './decompress.ts';
import type { FetchContext, FetchHolder } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { HeaderWriter } from './headers.ts';
import type { Instance } from './instance.ts';
import { Layer } from './layer.ts';
import { excerpt, readResponse } from './read-response.ts';
import { readRetryAfter } from './read-retry-after.ts';
import { ResponseCollector, type CollectedResponse } from './response-collector.ts';
import type { SubgraphResponse } from './subgraph-fetch.ts';
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
 * The innermost layer: one POST over a pooled socket, its answer collected within the size limit and checked.
 * Redirects are answers like any other error status: never followed.
 */
export class Send extends Layer {
  readonly #options: SendOptions;

  constructor(options: SendOptions) {
    super();
    this.#options = options;
  }

  send(fetch: FetchContext): void {
    if (fetch.stopReason) {
      this.outer.settle(fetch, undefined, fetch.stopReason);
      return;
    }
    const { subgraph, instances } = this.#options;
    const instance = instances.pick(fetch);
    if (!instance) {
      const facts = { detail: 'no instance is known', blame: 'gateway' } as const;
      const failure = new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, facts);
      this.outer.settle(fetch, undefined, failure);
      return;
    }
    fetch.lastInstance = instance;
    const held = instance.heldUntilMs > 0 ? findHold(instance, subgraph) : undefined;
    if (held) this.outer.settle(fetch, undefined, held);
    else new Post(this, this.#options, fetch, instance).begin();
  }

  settle(fetch: FetchContext, response: SubgraphResponse | undefined, reason: unknown): void {
    this.outer.settle(fetch, response, reason);
  }
}

/** One POST under way. */
class Post extends ResponseCollector implements FetchHolder {
  readonly #layer: Send;
  readonly #options: SendOptions;
  readonly #fetch: FetchContext;
  readonly #instance: Instance;
  #isOver = false;

  constructor(layer: Send, options: SendOptions, fetch: FetchContext, instance: Instance) {
    super(options.maxResponseBytes);
    this.#layer = layer;
    this.#options = options;
    this.#fetch = fetch;
    this.#instance = instance;
  }

  begin(): void {
    const { headers, reuseSocketsForMutations } = this.#options;
    const fetch = this.#fetch;
    const { body, kind } = fetch.request;
    const { path } = this.#instance;
    const isMutation = kind === 'mutation' && !reuseSocketsForMutations;
    this.#instance.pending += 1;
    fetch.holder = this;
    try {
      this.#instance.dispatch(
        { path, method: 'POST', headers: headers.write(fetch), body },
        this,
        isMutation || fetch.attempt > 0,
      );
    } catch (defect) {
      if (this.#isOver) return;
      this.#close();
      this.#layer.settle(fetch, undefined, defect);
    }
  }

  stop(reason: FetchFailure): void {
    this.abort(reason);
    this.end(reason, undefined);
  }

  protected end(error: Error | undefined, response: CollectedResponse | undefined): void {
    if (this.#isOver) return;
    this.#close();
    const { subgraph, instances } = this.#options;
    if (response) {
      // One that answers with errors at once would be the least busy of all.
      instances.report(this.#instance, response.status < 500);
      this.#read(response);
      return;
    }
    const reason = error ?? new Error('the exchange ended without a reason');
    const failure = describeTransportFailure(reason, subgraph, this.hasBegun);
    if (failure.blame === 'subgraph') {
      // A body that never ends is no better than none.
      instances.report(this.#instance, this.hasBegun && failure.code !== 'SUBGRAPH_TIMEOUT');
    }
    this.#layer.settle(this.#fetch, undefined, failure);
  }

  #close(): void {
    this.#isOver = true;
    this.#instance.pending -= 1;
    this.#fetch.holder = undefined;
  }

  /** Reads what came. Whatever goes wrong in it is told like every other failure: nobody above could catch it. */
  #read(response: CollectedResponse): void {
    const { status, headers, body } = response;
    const encoding = headers['content-encoding'];
    const fetch = this.#fetch;
    let answer: SubgraphResponse;
    try {
      if (status < 200 || status > 299) throw refused(response, this.#instance, this.#options);
      fetch.receivedBytes = body.length;
      if (encoding !== undefined || body.length >= largeBody) {
        readApart(body, encoding, this.#options).then(
          (decoded) => this.#layer.settle(fetch, withCache(decoded, headers), undefined),
          (reason: unknown) => this.#layer.settle(fetch, undefined, reason),
        );
        return;
      }
      answer = withCache(readResponse(body, this.#options.subgraph), headers);
    } catch (reason) {
      this.#layer.settle(fetch, undefined, reason);
      return;
    }
    this.#layer.settle(fetch, answer, undefined);
  }
}

/** Most subgraphs say nothing of caching: their answers stay as they are. */
function withCache(
  answer: SubgraphResponse,
  headers: CollectedResponse['headers'],
): SubgraphResponse {
  const cache = readCachePolicy(headers['cache-control']);
  return cache ? { ...answer, cache } : answer;
}

/** From this size on parsing takes so long that it has a turn of the event loop of its own. */
const largeBody = 256 * 1024;

/** Reads what is compressed or large. */
async function readApart(
  body: Buffer,
  encoding: string | string[] | undefined,
  options: SendOptions,
): Promise<SubgraphResponse> {
  const decoded = encoding === undefined ? body : await decode(body, encoding, options);
  if (decoded.length < largeBody) return readResponse(decoded, options.subgraph);
  await setImmediate();
  const response = readResponse(decoded, options.subgraph);
  await setImmediate();
  return response;
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
