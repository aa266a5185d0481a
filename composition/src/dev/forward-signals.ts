const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Hands every signal that asks this process to stop to `receive` instead of ending it. SIGHUP from a terminal that is
 * closed arrives as SIGTERM: a gateway, which has no terminal of its own, would take it for an order to reload.
 * @returns a function that restores the default
 */
export function forwardSignals(receive: (signal: NodeJS.Signals) => void): () => void {
  const hand = (signal: NodeJS.Signals): void =>
    receive(signal === 'SIGHUP' && process.stdin.isTTY ? 'SIGTERM' : signal);
  for (const signal of signals) process.on(signal, hand);
  return () => {
    for (const signal of signals) process.off(signal, hand);
  };
}
