import type { Identity } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import type { Denial } from '../request.ts';
import type { Evaluate, LeafJudge } from './evaluate.ts';
import { getOrMake } from './get-or-make.ts';
import { isThenable, type MaybePromise } from './maybe-promise.ts';
import { Thrown, verdictOf, type Early, type Outcome, type Verdict } from './outcome.ts';
import type { Question } from './question.ts';
import { RuleMisuse, RuleParent, Trap } from './rule-parent.ts';
import type { LeafRule } from './rule-parts.ts';
import type { ShieldOptions } from './shield.ts';

export interface JudgeInput {
  readonly identity: Identity;
  /** What rules get as `context`. */
  readonly context: unknown;
  readonly options: ShieldOptions;
  readonly log: Logger;
}

/**
 * Decides rules for one request, and remembers what it may: as graphql-shield does, but by the rule and not by its name.
 * Answers at once where rules do; its promises never reject.
 */
export interface Judge {
  /** Decides what depends on the context alone. Undefined when that is not enough. */
  decideEarly(evaluate: Evaluate): MaybePromise<Early>;
  /** What the rule says about one object, or at the root; `verdictAbout` (outcome.ts) makes a verdict of it. */
  decide(evaluate: Evaluate, question: Question): MaybePromise<Outcome>;
  /** The error a caller reads. */
  deny(verdict: false | Error, question: Partial<Question>): MaybePromise<Denial>;
}

type Said = Verdict | Thrown;

export function createJudge(input: JudgeInput): Judge {
  return new RequestJudge(input);
}

/** A class, because one is made for every request: nothing but what it remembers is made with it. */
class RequestJudge implements Judge, LeafJudge {
  readonly #input: JudgeInput;
  #contextual: Map<LeafRule, MaybePromise<Said>> | undefined = undefined;
  /** What rules of the root and rules with keys of their own said, by key. */
  #keyed: Map<LeafRule, Map<string, MaybePromise<Said>>> | undefined = undefined;

  constructor(input: JudgeInput) {
    this.#input = input;
  }

  decideEarly(evaluate: Evaluate): MaybePromise<Early> {
    const outcome = evaluate(this, undefined);
    return outcome instanceof Promise ? outcome.then(verdictOf) : verdictOf(outcome);
  }

  decide(evaluate: Evaluate, question: Question): MaybePromise<Outcome> {
    return evaluate(this, question);
  }

  deny(verdict: false | Error, question: Partial<Question>): MaybePromise<Denial> {
    const reason = this.#findReason(verdict, question);
    const tell = (error: unknown): Denial => describe(error, this.#input.identity);
    return isThenable(reason) ? Promise.resolve(reason).then(tell, tell) : tell(reason);
  }

  judgeLeaf(leaf: LeafRule, question: Question | undefined): MaybePromise<Outcome> {
    if (leaf.cache === 'contextual') return this.#decideContextual(leaf);
    if (question === undefined) return undefined;
    const { parent } = question;
    if (leaf.cache === 'no_cache') return this.#decideOnce(leaf, question);
    if (leaf.cache === 'strict' && parent instanceof RuleParent) {
      const { args, argsText = JSON.stringify(args) } = question;
      const known = parent.remembered.find(leaf, argsText);
      if (known !== undefined) return known;
      return parent.remembered.keep(leaf, argsText, this.#decideOnce(leaf, question));
    }
    const key = this.#keyOf(leaf, question);
    if (key === undefined) return false;
    this.#keyed ??= new Map();
    const verdicts = getOrMake(this.#keyed, leaf, () => new Map<string, MaybePromise<Said>>());
    return remember(verdicts, key, () => this.#decideOnce(leaf, question));
  }

  #decideContextual(leaf: LeafRule): MaybePromise<Said> {
    this.#contextual ??= new Map();
    return remember(this.#contextual, leaf, () => {
      const trap = new Trap(leaf);
      const nothing = trap.value;
      return this.#ask(leaf, { parent: nothing, args: nothing, info: nothing }, trap);
    });
  }

  #decideOnce(leaf: LeafRule, question: Question): MaybePromise<Said> {
    const { parent, args, info } = question;
    if (!(parent instanceof RuleParent)) return this.#ask(leaf, question, undefined);
    const trap = new Trap(leaf, parent.fields);
    return this.#ask(leaf, { parent: trap.value, args, info }, trap);
  }

  /** Asks a rule, and denies where it read what it must not. */
  #ask(
    leaf: LeafRule,
    { parent, args, info }: Question,
    trap: Trap | undefined,
  ): MaybePromise<Said> {
    try {
      const result = leaf.func(parent, args, this.#input.context, info);
      if (!isThenable(result)) return this.#checked(readResult(result), trap);
      return Promise.resolve(result).then(
        (there) => this.#checked(readResult(there), trap),
        (error) => this.#checked(this.#refuse(error), trap),
      );
    } catch (error) {
      return this.#checked(this.#refuse(error), trap);
    }
  }

  #checked(said: Said, trap: Trap | undefined): Said {
    if (trap?.misuse === undefined) return said;
    this.#input.log.error(trap.misuse);
    return false;
  }

  /** What a rule threw says no, and with `debug` why. */
  #refuse(error: unknown): Said {
    if (this.#input.options.debug !== true || error instanceof RuleMisuse) return false;
    return new Thrown(error instanceof Error ? error : new Error(String(error)));
  }

  /** Tells questions apart that a rule may answer differently. Undefined when the rule's own function does not say. */
  #keyOf(leaf: LeafRule, { parent, args, info }: Question): string | undefined {
    if (typeof leaf.cache !== 'function') return JSON.stringify(args);
    const trap = parent instanceof RuleParent ? new Trap(leaf, parent.fields) : undefined;
    let key: string | undefined;
    try {
      key = String(leaf.cache(trap?.value ?? parent, args, this.#input.context, info));
    } catch {
      // As if the rule itself had thrown.
    }
    if (trap?.misuse === undefined) return key;
    this.#input.log.error(trap.misuse);
    return undefined;
  }

  #findReason(verdict: false | Error, question: Partial<Question>): unknown {
    const { options, context } = this.#input;
    const { fallbackError } = options;
    if (verdict !== false || typeof fallbackError !== 'function') return verdict || fallbackError;
    const { parent, args, info } = question;
    try {
      return fallbackError(null, parent, args, context, info);
    } catch (error) {
      return error;
    }
  }
}

function readResult(result: unknown): Verdict {
  if (result instanceof Error) return result;
  return typeof result === 'string' ? new Error(result) : result === true;
}

function describe(error: unknown, identity: Identity): Denial {
  const code = identity.kind === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
  const given = typeof error === 'string' ? new Error(error) : error;
  if (!(given instanceof Error)) return { message: 'Not Authorised!', extensions: { code } };
  const { extensions } = given as { readonly extensions?: Readonly<Record<string, unknown>> };
  return { message: given.message, extensions: { code, ...extensions } };
}

/** Makes a value once; where it is promised, the value itself takes the promise's place when it is there. */
function remember<Key, Value>(
  known: Map<Key, MaybePromise<Value>>,
  key: Key,
  make: () => MaybePromise<Value>,
): MaybePromise<Value> {
  const value = known.get(key);
  if (value !== undefined) return value;
  const made = make();
  known.set(key, made);
  if (made instanceof Promise) void made.then((there) => known.set(key, there));
  return made;
}
