import type { Registry } from 'prom-client';
import { outcomeChannel, type RequestRecord } from '../../channels.ts';
import { Tally } from './tally.ts';

/** What rules decided. @returns the function that ends it */
export function countAuthorization(registry: Registry): () => void {
  const decisions = new Tally(registry, {
    name: 'trellis_authorization_decisions_total',
    help: 'Fields that rules let through or denied: before anything was fetched, or object by object after.',
    labels: ['outcome', 'moment'],
  });
  const add = (outcome: 'allowed' | 'denied', isEarly: boolean, value: number): void => {
    if (value === 0) return;
    const moment = isEarly ? 'before' : 'after';
    decisions.add(`${outcome} ${moment}`, () => ({ outcome, moment }), value);
  };
  const count = (message: unknown): void => {
    const { decisions: made } = message as RequestRecord;
    if (!made) return;
    for (const { allowed, denied, isEarly } of made.values()) {
      add('allowed', isEarly, allowed);
      add('denied', isEarly, denied);
    }
  };
  outcomeChannel.subscribe(count);
  return () => outcomeChannel.unsubscribe(count);
}
