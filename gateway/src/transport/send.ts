import type { IncomingHttpHeaders } from 'node:http';
import { decompress } from './decompress.ts';
import type { BoundedFetch, FetchContext } from './fetch-context.ts';
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
  /** @param isReachable whether something answered; what it said is no matter here */
  report(instance: Instance, isReachable: boolean): void;
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
  return async function sendOnce(request, context): Promise<SubgraphResponse> {
    const instance = instances.pick(context);
    if (!instance) {
      throw new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, {
        detail: 'no instance is known',
        blame: 'gateway',
      });
    }
    context.lastInstance = instance;
    if (instance.heldUntilMs > 0) assertNotHeld(instance, subgraph);
    const response = await exchange(request, context, instance, options);
    if (response.status < 200 || response.status > 299) throw refused(response, instance, options);
    const { body } = response;
    context.receivedBytes = body.length;
    const encoding = response.headers['content-encoding'];
    if (encoding === undefined) return readResponse(body, subgraph);
    return readResponse(await decode(body, encoding, options), subgraph);
  };
}

function exchange(
  request: SubgraphRequest,
  context: FetchContext,
  instance: Instance,
  options: SendOptions,
): Promise<CollectedResponse> {
  const { subgraph, instances } = options;
  return new Promise((resolve, reject) => {
    instance.pending += 1;
    let isSettled = false;
    let forget: (() => void) | undefined = undefined;
    const settle = (error: Error | undefined, response: CollectedResponse | undefined): void => {
      if (isSettled) return;
      isSettled = true;
      instance.pending -= 1;
      forget?.();
      if (response) {
        instances.report(instance, true);
        resolve(response);
        return;
      }
      const reason = error ?? new Error('the exchange ended without a reason');
      const failure = describeTransportFailure(reason, subgraph, collector.hasBegun);
      if (failure.blame === 'subgraph') instances.report(instance, collector.hasBegun);
      reject(failure);
    };
    const collector = new ResponseCollector(options.maxResponseBytes, settle);
    forget = context.whenStopped((reason) => {
      collector.abort(reason);
      settle(reason, undefined);
    });
    if (isSettled) return;
    const isMutation = request.kind === 'mutation' && !options.reuseSocketsForMutations;
    instance.dispatch(
      {
        path: instance.path,
        method: 'POST',
        headers: options.headers.write(context),
        body: request.body,
      },
      collector,
      isMutation || context.attempt > 0,
    );
  });
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

/** @throws FetchFailure while the instance, and with it every other one, wants to be left alone */
function assertNotHeld(instance: Instance, subgraph: string): void {
  const leftMs = Math.ceil(instance.heldUntilMs - performance.now());
  if (leftMs <= 0) {
    instance.heldUntilMs = 0;
    return;
  }
  throw new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, {
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
