/** Watches how long the event loop was away, as a client that asks all the time would feel it. */
export interface StallWatch {
  /** @returns the longest it was away, in milliseconds */
  stop(): number;
}

/** Looks every millisecond. What blocks the loop blocks everybody whose request this process answers. */
export function watchStalls(): StallWatch {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return {
    stop() {
      look();
      clearInterval(timer);
      return longest;
    },
  };
}
