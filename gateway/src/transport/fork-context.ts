import type { FetchContext } from './fetch-context.ts';
import type { FetchFailure } from './fetch-failure.ts';

/** One of several tries of the same fetch that run at the same time. */
export interface ForkedContext extends FetchContext {
  /** Stops this try only. */
  stop(reason: FetchFailure): void;
  /** Forgets the fetch; call it when the try has ended by itself. */
  release(): void;
}

/** Makes a context that stops with its parent, or alone. */
export function forkContext(parent: FetchContext): ForkedContext {
  const stops = new Set<(reason: FetchFailure) => void>();
  const controller = new AbortController();
  let stopReason: FetchFailure | undefined;
  let release: () => void = () => undefined;

  function stop(reason: FetchFailure): void {
    if (stopReason) return;
    stopReason = reason;
    release();
    for (const each of stops) each(reason);
    stops.clear();
    controller.abort(reason);
  }

  const fork: ForkedContext = {
    id: parent.id,
    identity: parent.identity,
    headers: parent.headers,
    trace: parent.trace,
    deadline: parent.deadline,
    signal: controller.signal,
    attempt: parent.attempt,
    lastInstance: parent.lastInstance,
    receivedBytes: 0,
    whenStopped(each) {
      if (stopReason) each(stopReason);
      else stops.add(each);
      return () => stops.delete(each);
    },
    stop,
    release: () => release(),
  };
  release = parent.whenStopped(stop);
  return fork;
}
