import type { BoundedFetch, BoundedFetchLayer, FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { Traffic } from './options.ts';
import { createRetryBudget } from './retry-budget.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';

/**
 * A request that may be sent twice. Only `asRepeatable` makes one, and only of a query, so no code path can repeat a
 * mutation: it does not compile.
 */
type RepeatableRequest = SubgraphRequest & {
  readonly kind: 'query';
  readonly [isRepeatable]: true;
};
declare const isRepeatable: unique symbol;

function asRepeatable(request: SubgraphRequest): RepeatableRequest | undefined {
  return request.kind === 'query' ? (request as RepeatableRequest) : undefined;
}

/**
 * Sends a query again when nothing of an answer was received: after a random pause (full jitter), on a new socket, to
 * another instance where there is one, within the time and the budget. A Retry-After that fits into the time is kept to.
 */
export function retry(
  settings: Traffic['retry'],
  random: () => number = Math.random,
): BoundedFetchLayer {
  const budget = createRetryBudget(settings.budgetPercent);
  return (next) => {
    if (settings.attempts === 0) return next;
    const again = sendAgain(next, (failure, request, context) => {
      const pauseMs = pauseBefore(failure, context, settings, random);
      const mayRepeat = context.attempt < settings.attempts && failure.isRetryable;
      // Half of the time left at least must remain for the try itself.
      const isInTime = pauseMs <= context.deadline.remainingMs() / 2;
      return mayRepeat && isInTime && budget.withdraw() ? { request, pauseMs } : undefined;
    });
    return function fetchWithRetries(request, context, settle) {
      const repeatable = asRepeatable(request);
      if (!repeatable) {
        next(request, context, settle);
        return;
      }
      budget.deposit();
      next(request, context, (response, reason) => {
        if (response) settle(response, undefined);
        else {
          again(repeatable, context, reason).then(
            (late) => settle(late, undefined),
            (lastReason: unknown) => settle(undefined, lastReason),
          );
        }
      });
    };
  };
}

interface NextTry {
  readonly request: RepeatableRequest;
  readonly pauseMs: number;
}

type Decide = (
  failure: FetchFailure,
  request: RepeatableRequest,
  context: FetchContext,
) => NextTry | undefined;

function sendAgain(next: BoundedFetch, decide: Decide) {
  return async function again(
    request: RepeatableRequest,
    context: FetchContext,
    firstError: unknown,
  ): Promise<SubgraphResponse> {
    let error = firstError;
    for (;;) {
      const nextTry = error instanceof FetchFailure ? decide(error, request, context) : undefined;
      if (!nextTry) throw error;
      await pause(nextTry.pauseMs, context);
      context.attempt += 1;
      try {
        return await promised(next, nextTry.request, context);
      } catch (nextError) {
        error = nextError;
      }
    }
  };
}

function promised(
  next: BoundedFetch,
  request: SubgraphRequest,
  context: FetchContext,
): Promise<SubgraphResponse> {
  return new Promise((resolve, reject) => {
    next(request, context, (response, reason) => {
      if (response) resolve(response);
      else reject(reason);
    });
  });
}

function pauseBefore(
  { retryAfterMs = 0 }: FetchFailure,
  { attempt }: FetchContext,
  { backoffMs, maxBackoffMs }: Traffic['retry'],
  random: () => number,
): number {
  return retryAfterMs + random() * Math.min(maxBackoffMs, backoffMs * 2 ** attempt);
}

/** @throws FetchFailure the reason, when the fetch is stopped meanwhile */
function pause(milliseconds: number, context: FetchContext): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, milliseconds).unref();
    const forget = context.whenStopped((reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}
