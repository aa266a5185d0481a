import { outcomeChannel, type Decisions, type RequestRecord } from '../channels.ts';
import type { Verdict } from './outcome.ts';

/** Notes how often rules let a field through, and how often not. */
export type NoteDecision = (coordinate: string, decided: Decisions) => void;

/** Notes decisions in the record of a request, for metrics and the audit trail; nothing when nobody listens. */
export function tallyDecisions(record: RequestRecord | undefined): NoteDecision {
  if (!record || !outcomeChannel.hasSubscribers) return noteNothing;
  const decisions = new Map<string, Decisions>();
  record.decisions = decisions;
  return (coordinate, { allowed, denied, isEarly }) => {
    let tally = decisions.get(coordinate);
    if (!tally) decisions.set(coordinate, (tally = { allowed: 0, denied: 0, isEarly }));
    tally.allowed += allowed;
    tally.denied += denied;
  };
}

function noteNothing(): void {
  // Nobody wants to know.
}

/** What one verdict on a whole field counts as. */
export function tallyOf(verdict: Verdict): Decisions {
  return verdict === true
    ? { allowed: 1, denied: 0, isEarly: true }
    : { allowed: 0, denied: 1, isEarly: true };
}
