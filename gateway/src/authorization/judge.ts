import type { Identity } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import type { Denial } from '../request.ts';
import { evaluate, Thrown, type Early, type Verdict } from './evaluate.ts';
import { getOrMake } from './get-or-make.ts';
import { whenThere, type MaybePromise } from './maybe-promise.ts';
import { RuleMisuse, RuleParent, Trap } from './rule-parent.ts';
import type { LeafRule } from './rule-parts.ts';
import type { ShieldOptions, ShieldRule } from './shield.ts';

export interface JudgeInput {
  readonly identity: Identity;
  /** What rules get as `context`. */
  readonly context: unknown;
  readonly options: ShieldOptions;
  readonly log: Logger;
}

/** What a rule gets beside the context. */
export interface Question {
  readonly parent: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  readonly info: unknown;
}

/**
 * Decides rules for one request, and remembers what it may: as graphql-shield does, but by the rule and not by its name.
 * Answers at once where rules do; its promises never reject.
 */
export interface Judge {
  /** Decides what depends on the context alone. Undefined when that is not enough. */
  decideEarly(rule: ShieldRule): MaybePromise<Early>;
  decide(rule: ShieldRule, question: Question): MaybePromise<Verdict>;
  /** The error a caller reads. */
  deny(verdict: false | Error, question: Partial<Question>): MaybePromise<Denial>;
}

type Said = Verdict | Thrown;

export function createJudge({ identity, context, options, log }: JudgeInput): Judge {
  const contextual = new Map<LeafRule, MaybePromise<Said>>();
  const keyed = new Map<LeafRule, Map<unknown, Map<string, MaybePromise<Said>>>>();

  function run(leaf: LeafRule, { parent, args, info }: Question): MaybePromise<Said> {
    try {
      const result = leaf.func(parent, args, context, info);
      return isThenable(result)
        ? Promise.resolve(result).then(readResult, refuse)
        : readResult(result);
    } catch (error) {
      return refuse(error);
    }
  }

  /** What a rule threw says no, and with `debug` why. */
  function refuse(error: unknown): Said {
    if (options.debug !== true || error instanceof RuleMisuse) return false;
    return new Thrown(error instanceof Error ? error : new Error(String(error)));
  }

  function failClosed(said: MaybePromise<Said>, trap: Trap): MaybePromise<Said> {
    return whenThere(said, (verdict) => {
      if (trap.misuse === undefined) return verdict;
      log.error(trap.misuse);
      return false;
    });
  }

  function decideContextual(leaf: LeafRule): MaybePromise<Said> {
    return remember(contextual, leaf, () => {
      const trap = new Trap(leaf);
      return failClosed(
        run(leaf, { parent: trap.value, args: trap.value, info: trap.value }),
        trap,
      );
    });
  }

  function decideOnce(leaf: LeafRule, question: Question): MaybePromise<Said> {
    const { parent } = question;
    if (!(parent instanceof RuleParent)) return run(leaf, question);
    const trap = new Trap(leaf, parent.fields);
    return failClosed(run(leaf, { ...question, parent: trap.value }), trap);
  }

  function decideLeaf(leaf: LeafRule, question: Question): MaybePromise<Said> {
    if (leaf.cache === 'contextual') return decideContextual(leaf);
    if (leaf.cache === 'no_cache') return decideOnce(leaf, question);
    const { parent } = question;
    const key = keyOf(leaf, question);
    if (key === undefined) return false;
    const byParent = getOrMake(
      keyed,
      leaf,
      () => new Map<unknown, Map<string, MaybePromise<Said>>>(),
    );
    // A rule with a key function says by itself what it depends on.
    const isStrict = leaf.cache === 'strict';
    const owner = isStrict ? (parent instanceof RuleParent ? parent.object : parent) : undefined;
    const verdicts = getOrMake(byParent, owner, () => new Map<string, MaybePromise<Said>>());
    return remember(verdicts, key, () => decideOnce(leaf, question));
  }

  /** Tells questions apart that a rule may answer differently. Undefined when the rule's own function does not say. */
  function keyOf(leaf: LeafRule, { parent, args, info }: Question): string | undefined {
    if (typeof leaf.cache !== 'function') return JSON.stringify(args);
    const trap = parent instanceof RuleParent ? new Trap(leaf, parent.fields) : undefined;
    let key: string | undefined;
    try {
      key = String(leaf.cache(trap?.value ?? parent, args, context, info));
    } catch {
      // As if the rule itself had thrown.
    }
    if (trap?.misuse === undefined) return key;
    log.error(trap.misuse);
    return undefined;
  }

  function findReason(verdict: false | Error, question: Partial<Question>): unknown {
    const { fallbackError } = options;
    if (verdict !== false || typeof fallbackError !== 'function') return verdict || fallbackError;
    const { parent, args, info } = question;
    try {
      return fallbackError(null, parent, args, context, info);
    } catch (error) {
      return error;
    }
  }

  return {
    decideEarly: (rule) =>
      evaluate(rule, (leaf) => (leaf.cache === 'contextual' ? decideContextual(leaf) : undefined)),
    decide: (rule, question) =>
      whenThere(
        evaluate(rule, (leaf) => decideLeaf(leaf, question)),
        (verdict) => verdict ?? false,
      ),
    deny(verdict, question) {
      const reason = findReason(verdict, question);
      const tell = (error: unknown): Denial => describe(error, identity);
      return isThenable(reason) ? Promise.resolve(reason).then(tell, tell) : tell(reason);
    },
  };
}

function readResult(result: unknown): Verdict {
  if (result instanceof Error) return result;
  return typeof result === 'string' ? new Error(result) : result === true;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { readonly then?: unknown }).then === 'function'
  );
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
