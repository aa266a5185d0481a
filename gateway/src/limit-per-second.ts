/** @returns a function that says yes so many times a second: for lines whose number others decide */
export function createLimitPerSecond(most: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const current = Math.floor(performance.now() / 1000);
    if (current !== second) {
      second = current;
      count = 0;
    }
    count += 1;
    return count <= most;
  };
}
