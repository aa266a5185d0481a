import type { Identity } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import type { Denial } from '../request.ts';
import { evaluate, type Early, type MaybePromise, type Verdict } from './evaluate.ts';
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

/** Decides rules for one request, and remembers what it may: as graphql-shield does, but by the rule and not by its name. */
export interface Judge {
  /** Decides what depends on the context alone. Undefined when that is not enough. */
  decideEarly(rule: ShieldRule): Promise<Early>;
  decide(rule: ShieldRule, question: Question): Promise<Verdict>;
  /** The error a caller reads. */
  deny(verdict: false | Error, question: Partial<Question>): Promise<Denial>;
}

export function createJudge({ identity, context, options, log }: JudgeInput): Judge {
  const contextual = new Map<LeafRule, Promise<Verdict>>();
  const keyed = new Map<LeafRule, Map<unknown, Map<string, Promise<Verdict>>>>();

  async function run(leaf: LeafRule, { parent, args, info }: Question): Promise<Verdict> {
    try {
      const result = await leaf.func(parent, args, context, info);
      if (result instanceof Error) return result;
      return typeof result === 'string' ? new Error(result) : result === true;
    } catch (error) {
      if (error instanceof RuleMisuse) throw error;
      return options.debug === true && error instanceof Error ? error : false;
    }
  }

  function decideContextual(leaf: LeafRule): Promise<Verdict> {
    let verdict = contextual.get(leaf);
    if (!verdict) {
      const trap = createTrap(leaf, 'is declared contextual');
      verdict = failClosed(run(leaf, { parent: trap.value, args: trap.value, info: {} }), trap);
      contextual.set(leaf, verdict);
    }
    return verdict;
  }

  /** A rule that reads what it did not ask for is wrong whatever it says, even when it caught the error. */
  async function failClosed(running: Promise<Verdict>, trap: Trap): Promise<Verdict> {
    let verdict: Verdict = false;
    try {
      verdict = await running;
    } catch (error) {
      if (!(error instanceof RuleMisuse)) throw error;
    }
    const misuse = trap.misuse();
    if (misuse === undefined) return verdict;
    log.error(misuse);
    return false;
  }

  function decideLeaf(leaf: LeafRule, question: Question): MaybePromise<Verdict> {
    if (leaf.cache === 'contextual') return decideContextual(leaf);
    const { parent, args, info } = question;
    const once = (): Promise<Verdict> => {
      if (!(parent instanceof RuleParent)) return run(leaf, question);
      const trap = createTrap(leaf, 'has no fragment for', parent.fields);
      return failClosed(run(leaf, { ...question, parent: trap.value }), trap);
    };
    if (leaf.cache === 'no_cache') return once();
    const isStrict = leaf.cache === 'strict';
    let key: string;
    try {
      key =
        typeof leaf.cache === 'function'
          ? String(leaf.cache(parent, args, context, info))
          : JSON.stringify(args);
    } catch {
      return false;
    }
    const byParent = getOrMake(
      keyed,
      leaf,
      () => new Map<unknown, Map<string, Promise<Verdict>>>(),
    );
    // A rule with a key function says by itself what it depends on.
    const owner = isStrict ? (parent instanceof RuleParent ? parent.object : parent) : undefined;
    const verdicts = getOrMake(byParent, owner, () => new Map<string, Promise<Verdict>>());
    return getOrMake(verdicts, key, once);
  }

  return {
    decideEarly: (rule) =>
      evaluate(rule, (leaf) => (leaf.cache === 'contextual' ? decideContextual(leaf) : undefined)),
    async decide(rule, question) {
      return (await evaluate(rule, (leaf) => decideLeaf(leaf, question))) ?? false;
    },
    async deny(verdict, { parent, args, info }) {
      let error: unknown = verdict;
      const { fallbackError } = options;
      if (verdict === false) {
        error =
          typeof fallbackError === 'function'
            ? await fallbackError(null, parent, args, context, info)
            : fallbackError;
      }
      return describe(error, identity);
    },
  };
}

/** What a rule reads of a parent: the fields its fragment names, and nothing else. */
export class RuleParent {
  /** The object of the subgraph's answer: tells parents apart. */
  readonly object: object;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(object: object, fields: Readonly<Record<string, unknown>>) {
    this.object = object;
    this.fields = fields;
  }
}

class RuleMisuse extends Error {
  override readonly name = 'RuleMisuse';
}

interface Trap {
  readonly value: Readonly<Record<string, unknown>>;
  readonly misuse: () => string | undefined;
}

/** What frameworks look for in any object: nothing a rule would decide by. */
const harmless = new Set([
  'then',
  'toJSON',
  'constructor',
  'hasOwnProperty',
  'toString',
  'valueOf',
]);

/** An object that tells when somebody reads what is not in it. */
function createTrap(
  leaf: LeafRule,
  reason: string,
  fields: Readonly<Record<string, unknown>> = {},
): Trap {
  let misuse: string | undefined;
  const isKnown = (key: string | symbol): boolean =>
    typeof key === 'symbol' || harmless.has(key) || Object.hasOwn(fields, key);
  const fail = (key: string | symbol): never => {
    misuse ??= `permission rule "${leaf.name}" ${reason} "${String(key)}" of its parent or arguments: it denies until that is mended`;
    throw new RuleMisuse(misuse);
  };
  const value = new Proxy(fields, {
    get: (_fields, key) =>
      isKnown(key)
        ? Object.hasOwn(fields, key)
          ? Reflect.get(fields, key)
          : undefined
        : fail(key),
    has: (_fields, key) => Object.hasOwn(fields, key) || fail(key),
    ownKeys: () => (reason.startsWith('is') ? fail('the keys') : Reflect.ownKeys(fields)),
  });
  return { value, misuse: () => misuse };
}

function describe(error: unknown, identity: Identity): Denial {
  const code = identity.kind === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
  const given = typeof error === 'string' ? new Error(error) : error;
  if (!(given instanceof Error)) return { message: 'Not Authorised!', extensions: { code } };
  const { extensions } = given as { readonly extensions?: Readonly<Record<string, unknown>> };
  return { message: given.message, extensions: { code, ...extensions } };
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
