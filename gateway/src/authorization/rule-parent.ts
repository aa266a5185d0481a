import type { LeafRule } from './rule-parts.ts';

/** What a rule reads of a parent: the fields its fragment names, and nothing else. */
export class RuleParent {
  /** Tells parents apart. */
  readonly object: object;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(object: object, fields: Readonly<Record<string, unknown>>) {
    this.object = object;
    this.fields = fields;
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
