import type { Registry } from 'prom-client';
import { outcomeChannel, type RequestRecord } from '../../channels.ts';
import { registerCounter } from './read-counter.ts';

/** What rules decided. @returns the function that ends it */
export function countAuthorization(registry: Registry): () => void {
  const before = { allowed: 0, denied: 0 };
  const after = { allowed: 0, denied: 0 };
  registerCounter(registry, {
    name: 'trellis_authorization_decisions_total',
    help: 'Fields that rules let through or denied: before anything was fetched, or object by object after.',
    labels: ['outcome', 'moment'],
    read: () => [
      [{ outcome: 'allowed', moment: 'before' }, before.allowed],
      [{ outcome: 'denied', moment: 'before' }, before.denied],
      [{ outcome: 'allowed', moment: 'after' }, after.allowed],
      [{ outcome: 'denied', moment: 'after' }, after.denied],
    ],
  });
  const count = (message: unknown): void => {
    const { decisions } = message as RequestRecord;
    if (!decisions) return;
    for (const { allowed, denied, isEarly } of decisions.values()) {
      const totals = isEarly ? before : after;
      totals.allowed += allowed;
      totals.denied += denied;
    }
  };
  outcomeChannel.subscribe(count);
  return () => outcomeChannel.unsubscribe(count);
}
