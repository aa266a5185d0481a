const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Hands every signal that asks this process to stop to `receive` instead of ending it.
 * @returns a function that restores the default
 */
export function forwardSignals(receive: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of signals) process.on(signal, receive);
  return () => {
    for (const signal of signals) process.off(signal, receive);
  };
}
