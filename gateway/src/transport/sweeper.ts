/** Something in flight that has to be looked at now and then: is its time over, has its caller left? */
export interface Watched {
  /** @param nowMs a monotonic clock, `performance.now()` */
  check(nowMs: number): void;
}

/** How late a deadline or a caller who left may be noticed. */
const intervalMs = 20;

const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

/**
 * Watches every fetch in flight with one timer. A timer and an abort listener per fetch cost several microseconds
 * and a listener per caller; this costs an insertion and a deletion.
 */
export function watch(item: Watched): void {
  watched.add(item);
  timer ??= setInterval(sweep, intervalMs).unref();
}

export function unwatch(item: Watched): void {
  watched.delete(item);
}

function sweep(): void {
  const nowMs = performance.now();
  for (const item of watched) item.check(nowMs);
  if (watched.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}
