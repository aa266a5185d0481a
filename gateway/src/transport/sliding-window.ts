const bucketCount = 10;

/** Counts successes and failures of the last `windowMs`, to the tenth of it. */
export interface SlidingWindow {
  add(isFailure: boolean): void;
  totals(): { readonly requests: number; readonly failures: number };
  clear(): void;
}

/** @param now a monotonic clock in milliseconds */
export function createSlidingWindow(windowMs: number, now: () => number): SlidingWindow {
  const bucketMs = windowMs / bucketCount;
  const requests = new Uint32Array(bucketCount);
  const failures = new Uint32Array(bucketCount);
  let current = Math.floor(now() / bucketMs);

  /** Empties every bucket whose time has come round again. */
  function advance(): number {
    const bucket = Math.floor(now() / bucketMs);
    const passed = Math.min(bucketCount, bucket - current);
    for (let step = 1; step <= passed; step += 1) {
      const at = (current + step) % bucketCount;
      requests[at] = 0;
      failures[at] = 0;
    }
    current = bucket;
    return bucket % bucketCount;
  }

  return {
    add(isFailure) {
      const at = advance();
      requests[at] = (requests[at] ?? 0) + 1;
      if (isFailure) failures[at] = (failures[at] ?? 0) + 1;
    },
    totals() {
      advance();
      const sum = (counts: Uint32Array): number => counts.reduce((total, each) => total + each, 0);
      return { requests: sum(requests), failures: sum(failures) };
    },
    clear() {
      requests.fill(0);
      failures.fill(0);
    },
  };
}
