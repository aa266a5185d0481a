import { outcomeChannel, type Decisions, type RequestRecord } from '../channels.ts';

/** Notes that a rule let a field through or did not. */
export type NoteDecision = (coordinate: string, isAllowed: boolean, isEarly: boolean) => void;

/** Notes decisions in the record of a request, for metrics and the audit trail; nothing when nobody listens. */
export function tallyDecisions(record: RequestRecord | undefined): NoteDecision {
  if (!record || !outcomeChannel.hasSubscribers) return () => undefined;
  const decisions = new Map<string, Decisions>();
  record.decisions = decisions;
  return (coordinate, isAllowed, isEarly) => {
    let tally = decisions.get(coordinate);
    if (!tally) decisions.set(coordinate, (tally = { allowed: 0, denied: 0, isEarly }));
    if (isAllowed) tally.allowed += 1;
    else tally.denied += 1;
  };
}
