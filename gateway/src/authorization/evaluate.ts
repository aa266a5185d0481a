import { allThere, whenThere, type MaybePromise } from './maybe-promise.ts';
import { Thrown, type Outcome, type Verdict } from './outcome.ts';
import type { Question } from './question.ts';
import { partsOf, type LeafRule } from './rule-parts.ts';
import type { ShieldRule } from './shield.ts';

/** Asks the leaves of rules. */
export interface LeafJudge {
  /** @param question undefined while there is none: then only what needs none can be told */
  judgeLeaf(leaf: LeafRule, question: Question | undefined): MaybePromise<Outcome>;
}

/** A rule compiled to a function. Answers at once where all its leaves do; its promises never reject. */
export type Evaluate = (judge: LeafJudge, question: Question | undefined) => MaybePromise<Outcome>;

const compiled = new WeakMap<ShieldRule, Evaluate>();

/**
 * Compiles the evaluation of a rule, as graphql-shield does it, in three values (Kleene): `or` with one yes is yes, `and`
 * with one no is no, whatever is not known yet. `chain` and `race` never look past what is not known: their order is a
 * promise.
 */
export function compileRule(rule: ShieldRule): Evaluate {
  let evaluate = compiled.get(rule);
  if (!evaluate) compiled.set(rule, (evaluate = compileParts(rule)));
  return evaluate;
}

function compileParts(rule: ShieldRule): Evaluate {
  const parts = partsOf(rule);
  switch (parts?.kind) {
    case 'allow':
      return () => true;
    case 'leaf': {
      const { leaf } = parts;
      return (judge, question) => judge.judgeLeaf(leaf, question);
    }
    case 'not': {
      const { error } = parts;
      const inner = compileRule(parts.rule);
      return (judge, question) =>
        whenThere(inner(judge, question), (outcome) => negate(outcome, error));
    }
    case 'and':
      return compileAll(parts.rules.map(compileRule), every);
    case 'or':
      return compileAll(parts.rules.map(compileRule), some);
    case 'chain':
      return compileChain(parts.rules.map(compileRule));
    case 'race':
      return compileRace(parts.rules.map(compileRule));
    default:
      return () => false;
  }
}

function compileAll(
  rules: readonly Evaluate[],
  join: (outcomes: readonly Outcome[]) => Outcome,
): Evaluate {
  return (judge, question) => {
    const outcomes: MaybePromise<Outcome>[] = [];
    for (const rule of rules) outcomes.push(rule(judge, question));
    return whenThere(allThere(outcomes), join);
  };
}

function compileChain(rules: readonly Evaluate[]): Evaluate {
  const from = (
    at: number,
    judge: LeafJudge,
    question: Question | undefined,
  ): MaybePromise<Outcome> => {
    const rule = rules[at];
    if (rule === undefined) return true;
    return whenThere(rule(judge, question), (outcome) =>
      outcome === true ? from(at + 1, judge, question) : outcome,
    );
  };
  return (judge, question) => from(0, judge, question);
}

function compileRace(rules: readonly Evaluate[]): Evaluate {
  const from = (
    { at, denial }: { readonly at: number; readonly denial: false | Error },
    judge: LeafJudge,
    question: Question | undefined,
  ): MaybePromise<Outcome> => {
    const rule = rules[at];
    if (rule === undefined) return denial;
    return whenThere(rule(judge, question), (outcome) => {
      if (outcome === true || outcome === undefined || outcome instanceof Thrown) return outcome;
      // Of several reasons graphql-shield shows the last.
      return from({ at: at + 1, denial: outcome || denial }, judge, question);
    });
  };
  return (judge, question) => from({ at: 0, denial: false }, judge, question);
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
