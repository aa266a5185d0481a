import { allThere, whenThere, type MaybePromise } from './maybe-promise.ts';
import { partsOf, type LeafRule } from './rule-parts.ts';
import type { ShieldRule } from './shield.ts';

/** What a rule says: yes, no, or no with a reason. */
export type Verdict = true | false | Error;

/**
 * What a rule threw where `debug` shows it: as in graphql-shield it ends the whole tree of rules, a `not` or an `or`
 * around it included.
 */
export class Thrown {
  readonly error: Error;

  constructor(error: Error) {
    this.error = error;
  }
}

/** Undefined: it cannot be told yet. */
export type Early = Verdict | undefined;

type Outcome = Early | Thrown;

export type JudgeLeaf = (leaf: LeafRule) => MaybePromise<Outcome>;

/**
 * Evaluates a rule as graphql-shield does, in three values (Kleene): `or` with one yes is yes, `and` with one no is no,
 * whatever is not known yet. `chain` and `race` never look past what is not known: their order is a promise. Answers at
 * once where all rules do.
 */
export function evaluate(rule: ShieldRule, judge: JudgeLeaf): MaybePromise<Early> {
  return whenThere(evaluatePart(rule, judge), (outcome) =>
    outcome instanceof Thrown ? outcome.error : outcome,
  );
}

function evaluatePart(rule: ShieldRule, judge: JudgeLeaf): MaybePromise<Outcome> {
  const parts = partsOf(rule);
  switch (parts?.kind) {
    case 'allow':
      return true;
    case 'leaf':
      return judge(parts.leaf);
    case 'not':
      return whenThere(evaluatePart(parts.rule, judge), (outcome) => negate(outcome, parts.error));
    case 'and':
      return whenThere(evaluateAll(parts.rules, judge), every);
    case 'or':
      return whenThere(evaluateAll(parts.rules, judge), some);
    case 'chain':
      return chainFrom(parts.rules, 0, judge);
    case 'race':
      return raceFrom(parts.rules, { at: 0, denial: false }, judge);
    default:
      return false;
  }
}

function evaluateAll(rules: readonly ShieldRule[], judge: JudgeLeaf): MaybePromise<Outcome[]> {
  return allThere(rules.map((each) => evaluatePart(each, judge)));
}

function chainFrom(
  rules: readonly ShieldRule[],
  at: number,
  judge: JudgeLeaf,
): MaybePromise<Outcome> {
  const rule = rules[at];
  if (rule === undefined) return true;
  return whenThere(evaluatePart(rule, judge), (outcome) =>
    outcome === true ? chainFrom(rules, at + 1, judge) : outcome,
  );
}

function raceFrom(
  rules: readonly ShieldRule[],
  { at, denial }: { readonly at: number; readonly denial: false | Error },
  judge: JudgeLeaf,
): MaybePromise<Outcome> {
  const rule = rules[at];
  if (rule === undefined) return denial;
  return whenThere(evaluatePart(rule, judge), (outcome) => {
    if (outcome === true || outcome === undefined || outcome instanceof Thrown) return outcome;
    // Of several reasons graphql-shield shows the last.
    return raceFrom(rules, { at: at + 1, denial: outcome || denial }, judge);
  });
}

function negate(outcome: Outcome, error: Error | undefined): Outcome {
  if (outcome === undefined || outcome instanceof Thrown) return outcome;
  return outcome === true ? (error ?? false) : true;
}

function every(outcomes: readonly Outcome[]): Outcome {
  const thrown = outcomes.find((outcome) => outcome instanceof Thrown);
  if (thrown) return thrown;
  if (outcomes.some((outcome) => outcome === false || outcome instanceof Error)) {
    return firstReason(outcomes);
  }
  return outcomes.includes(undefined) ? undefined : true;
}

function some(outcomes: readonly Outcome[]): Outcome {
  const thrown = outcomes.find((outcome) => outcome instanceof Thrown);
  if (thrown) return thrown;
  if (outcomes.includes(true)) return true;
  return outcomes.includes(undefined) ? undefined : firstReason(outcomes);
}

function firstReason(outcomes: readonly Outcome[]): Verdict {
  return outcomes.find((outcome) => outcome instanceof Error) ?? false;
}
