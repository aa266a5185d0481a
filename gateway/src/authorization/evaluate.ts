import { partsOf, type LeafRule } from './rule-parts.ts';
import type { ShieldRule } from './shield.ts';

/** What a rule says: yes, no, or no with a reason. */
export type Verdict = true | false | Error;

/** Undefined: it cannot be told yet. */
export type Early = Verdict | undefined;

export type MaybePromise<Value> = Value | Promise<Value>;

export type JudgeLeaf = (leaf: LeafRule) => MaybePromise<Early>;

/**
 * Evaluates a rule as graphql-shield does, in three values (Kleene): `or` with one yes is yes, `and` with one no is no,
 * whatever is not known yet. `chain` and `race` never look past what is not known: their order is a promise.
 */
export async function evaluate(rule: ShieldRule, judge: JudgeLeaf): Promise<Early> {
  const parts = partsOf(rule);
  switch (parts?.kind) {
    case 'allow':
      return true;
    case 'leaf':
      return judge(parts.leaf);
    case 'not':
      return negate(await evaluate(parts.rule, judge), parts.error);
    case 'and':
      return every(await Promise.all(parts.rules.map((each) => evaluate(each, judge))));
    case 'or':
      return some(await Promise.all(parts.rules.map((each) => evaluate(each, judge))));
    case 'chain':
      for (const each of parts.rules) {
        const verdict = await evaluate(each, judge);
        if (verdict !== true) return verdict;
      }
      return true;
    case 'race':
      return race(parts.rules, judge);
    default:
      return false;
  }
}

async function race(rules: readonly ShieldRule[], judge: JudgeLeaf): Promise<Early> {
  let denial: Verdict = false;
  for (const each of rules) {
    const verdict = await evaluate(each, judge);
    if (verdict === true || verdict === undefined) return verdict;
    // Of several reasons graphql-shield shows the last.
    if (verdict instanceof Error) denial = verdict;
  }
  return denial;
}

function negate(verdict: Early, error: Error | undefined): Early {
  if (verdict === undefined) return undefined;
  return verdict === true ? (error ?? false) : true;
}

function every(verdicts: readonly Early[]): Early {
  if (verdicts.some((verdict) => verdict === false || verdict instanceof Error)) {
    return firstReason(verdicts);
  }
  return verdicts.includes(undefined) ? undefined : true;
}

function some(verdicts: readonly Early[]): Early {
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : firstReason(verdicts);
}

function firstReason(verdicts: readonly Early[]): Verdict {
  return verdicts.find((verdict) => verdict instanceof Error) ?? false;
}
