import type { FetchRecord } from '../channels.ts';
import type { RequestContext } from '../request.ts';

export interface SharedContext {
  readonly context: RequestContext;
  /** Stops listening to the callers. Call it when the shared work is over. */
  release(): void;
}

/**
 * Makes the context of work done for several callers: it lasts as long as the most patient of them, and is only given up
 * when all have left. Id, trace and headers are those of the first; callers with different ones never share.
 */
export function shareContext(contexts: readonly RequestContext[]): SharedContext {
  const [first, ...others] = contexts;
  if (!first) throw new Error('A shared context needs a caller.');
  const patient = others.reduce(
    (best, next) => (next.deadline.remainingMs() > best.deadline.remainingMs() ? next : best),
    first,
  );
  // Spans of callers who are recorded need a fetch that is.
  const recorded = contexts.find(({ trace }) => trace.isRecorded) ?? first;
  const isNoted = contexts.some((each) => each.fetches);
  const fetches: FetchRecord[] | undefined = isNoted ? [] : undefined;
  const everybody = new AbortController();
  let left = 0;
  const leave = (): void => {
    left += 1;
    if (left === contexts.length) everybody.abort();
  };
  for (const { signal } of contexts) {
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  }
  return {
    context: {
      ...first,
      trace: recorded.trace,
      signal: everybody.signal,
      deadline: patient.deadline,
      record: undefined,
      fetches,
    },
    release() {
      if (fetches) for (const each of contexts) each.fetches?.push(...fetches);
      for (const { signal } of contexts) signal.removeEventListener('abort', leave);
    },
  };
}
