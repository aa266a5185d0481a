/** Something in flight that has to be looked at now and then: is its time over, has its caller left? */
export interface Watched {
  /** Kept by this file: where it stands among all that are watched. */
  watchPlace: number;
  /** @param nowMs a monotonic clock, `performance.now()` */
  check(nowMs: number): void;
}

/** How late a deadline or a caller who left may be noticed. */
const intervalMs = 20;

// A list in which the last takes the place of whoever leaves. A Set would keep all that was ever in it alive for long:
// see short-lived-map.ts.
const watched: Watched[] = [];
let timer: NodeJS.Timeout | undefined;

/**
 * Watches every fetch in flight with one timer. A timer and an abort listener per fetch cost several microseconds
 * and a listener per caller; this costs a place in a list.
 */
export function watch(item: Watched): void {
  item.watchPlace = watched.length;
  watched.push(item);
  timer ??= setInterval(sweep, intervalMs).unref();
}

export function unwatch(item: Watched): void {
  const last = watched.pop();
  if (!last || last === item) return;
  watched[item.watchPlace] = last;
  last.watchPlace = item.watchPlace;
}

function sweep(): void {
  const nowMs = performance.now();
  // From the end, as a check may take its item out.
  for (let at = watched.length - 1; at >= 0; at -= 1) watched[at]?.check(nowMs);
  if (watched.length === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}
