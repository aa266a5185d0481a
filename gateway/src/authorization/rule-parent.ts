import type { Outcome } from './outcome.ts';
import { getOrMake } from './get-or-make.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { LeafRule } from './rule-parts.ts';

/** What a rule reads of a parent: the fields its fragment names, and nothing else. */
export class RuleParent {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly remembered: Remembered;

  constructor(fields: Readonly<Record<string, unknown>>, remembered: Remembered) {
    this.fields = fields;
    this.remembered = remembered;
  }
}

type Said = MaybePromise<Exclude<Outcome, undefined>>;

/** What strict rules said of one parent, or of all of which they read the same, by rule and arguments. Most are asked once. */
export class Remembered {
  #leaf: LeafRule | undefined = undefined;
  #args = '';
  #said: Said | undefined = undefined;
  #others: Map<LeafRule, Map<string, Said>> | undefined = undefined;

  find(leaf: LeafRule, args: string): Said | undefined {
    if (this.#leaf === leaf && this.#args === args) return this.#said;
    return this.#others?.get(leaf)?.get(args);
  }

  keep(leaf: LeafRule, args: string, said: Said): Said {
    if (this.#leaf === undefined) {
      this.#leaf = leaf;
      this.#args = args;
      this.#said = said;
    } else {
      this.#others ??= new Map();
      getOrMake(this.#others, leaf, () => new Map<string, Said>()).set(args, said);
    }
    return said;
  }
}

/** Thrown into a rule that reads what is not there to be read. */
export class RuleMisuse extends Error {
  override readonly name = 'RuleMisuse';
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

const nothing: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Fields as a rule gets them, which tell when it reads something else. A rule that does is wrong whatever it says, even
 * when it caught the error: that is what `misuse` is for.
 */
export class Trap implements ProxyHandler<Readonly<Record<string, unknown>>> {
  misuse: string | undefined = undefined;
  readonly value: Readonly<Record<string, unknown>>;
  readonly #leaf: LeafRule;
  readonly #mayListKeys: boolean;

  /** @param fields absent for contextual rules, which read neither parent nor arguments nor info */
  constructor(leaf: LeafRule, fields?: Readonly<Record<string, unknown>>) {
    this.#leaf = leaf;
    this.#mayListKeys = fields !== undefined;
    this.value = new Proxy(fields ?? nothing, this);
  }

  get(fields: Readonly<Record<string, unknown>>, key: string | symbol): unknown {
    if (typeof key === 'symbol') return undefined;
    if (Object.hasOwn(fields, key)) return fields[key];
    return harmless.has(key) ? undefined : this.#fail(key);
  }

  has(fields: Readonly<Record<string, unknown>>, key: string | symbol): boolean {
    return Object.hasOwn(fields, key) || this.#fail(key);
  }

  ownKeys(fields: Readonly<Record<string, unknown>>): (string | symbol)[] {
    return this.#mayListKeys ? Reflect.ownKeys(fields) : this.#fail('the keys');
  }

  #fail(key: string | symbol): never {
    const read = JSON.stringify(String(key));
    const reason = this.#mayListKeys
      ? `has no fragment for ${read} of its parent`
      : `is declared contextual but reads ${read} of its parent, arguments or info`;
    this.misuse ??= `permission rule "${this.#leaf.name}" ${reason}: it denies until that is mended`;
    throw new RuleMisuse(this.misuse);
  }
}
