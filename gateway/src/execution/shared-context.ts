import type { RequestContext } from '../request.ts';

/**
 * The context of work done for several callers: it lasts as long as the most patient of them, and is only given up when
 * all have left. Id, trace and headers are those of the first; callers with different ones never share.
 */
export function sharedContext(contexts: readonly RequestContext[]): RequestContext {
  const [first] = contexts;
  if (!first) throw new Error('A shared context needs a caller.');
  const allLeft = new AbortController();
  let left = 0;
  for (const { signal } of contexts) {
    const leave = (): void => {
      left += 1;
      if (left === contexts.length) allLeft.abort(signal.reason);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  }
  return {
    ...first,
    signal: allLeft.signal,
    deadline: {
      remainingMs: () => Math.max(...contexts.map(({ deadline }) => deadline.remainingMs())),
    },
  };
}
