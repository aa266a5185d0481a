import type { Identity } from '@trellis/platform/identity';
import {
  allow,
  and,
  chain,
  deny,
  inputRule,
  not,
  or,
  race,
  rule,
  type Permissions,
  type RuleTree,
  type ShieldRule,
} from '@trellis/gateway/shield';
import { isObjectType, type GraphQLSchema } from 'graphql';

interface Context {
  readonly identity: Identity;
}

type Parent = Readonly<Record<string, unknown>>;
type Say = (parent: Parent, args: Parent, identity: Identity) => unknown;

/** What a rule may read of the objects of a type, and what makes one object another for it. */
interface Reading {
  readonly fragment: string;
  readonly say: Say;
  readonly key: (parent: never) => string;
}

interface Ids {
  readonly id: string;
  readonly region?: string;
}

const self: Reading = {
  fragment: '... on Node { id }',
  say: ({ id }, _args, { subject }) => id === subject,
  key: ({ id }: Ids) => id,
};
const payer: Reading = {
  fragment: 'fragment P on Payment { payer { id region } }',
  say: (parent, _args, { subject, attributes }) => {
    const { id, region } = parent['payer'] as Ids;
    return id === subject || region === attributes['region'];
  },
  key: ({ payer: { id } }: { readonly payer: Ids }) => id,
};
const amount: Reading = {
  fragment: '... on Payment { amount }',
  say: (parent) => Number(parent['amount']) > 15,
  key: ({ amount: value }: { readonly amount: number }) => `${value}`,
};

const readings: Readonly<Record<string, readonly Reading[]>> = {
  User: [
    self,
    {
      fragment: 'fragment U on User { region rank }',
      say: ({ region, rank }, _args, { attributes }) =>
        region === attributes['region'] || rank === 3,
      key: ({ region, rank }: { readonly region: string; readonly rank: number }) =>
        `${region} ${rank}`,
    },
  ],
  Order: [
    {
      fragment: '... on Order { owner { id } }',
      say: ({ owner }, _args, { subject }) => (owner as Ids).id === subject,
      key: ({ owner }: { readonly owner: Ids }) => owner.id,
    },
    {
      fragment: 'fragment O on Order { id total }',
      say: ({ total }) => (Number(total) % 2 === 0 ? true : 'only even ones'),
      key: ({ id }: Ids) => id,
    },
  ],
  Card: [payer, amount],
  Cash: [payer, { ...self, fragment: '... on Cash { id }' }],
};

/** Rules of the context alone. */
const contexts: readonly Say[] = [
  (_p, _a, { kind }) => kind !== 'anonymous',
  (_p, _a, { roles }) => roles.includes('ADMIN') || new Error('for admins'),
  (_p, _a, { roles }) => (roles.includes('SUPPORT') ? true : 'for support'),
  (_p, _a, { subject }) => subject !== 'u1' && undefined !== subject,
  (_p, _a, { subject }) => {
    if (subject === 'u3') throw new Error('thrown in a rule');
    return subject !== 'u2';
  },
  () => false,
  () => 1,
];

/** Every kind of part a tree was made of: a generator that leaves one out would prove nothing of it. */
export type Counts = Map<string, number>;

export interface RandomTree {
  readonly tree: RuleTree;
  readonly options: Permissions['options'];
}

/**
 * Makes a tree of every construct of graphql-shield, and options. Equal seeds give equal trees.
 * @param hasAnd whether there is an `and`: of several reasons it may give another one here (docs/authorization.md)
 */
export function makeTree(
  schema: GraphQLSchema,
  random: () => number,
  { counts, hasAnd }: { readonly counts: Counts; readonly hasAnd: boolean },
): RandomTree {
  let names = 0;

  function pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(random() * items.length)] as Item;
  }

  function count<Value>(part: string, value: Value): Value {
    counts.set(part, (counts.get(part) ?? 0) + 1);
    return value;
  }

  /** @param type undefined: rules that read nothing */
  function makeRule(type: string | undefined, depth: number): ShieldRule {
    const roll = random();
    if (depth === 0 || roll < 0.35) return makeLeaf(type);
    const parts = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
      makeRule(type, depth - 1),
    );
    const [first = allow] = parts;
    if (roll < 0.47 && hasAnd) return count('and', and(...parts));
    if (roll < 0.6) return count('or', or(...parts));
    if (roll < 0.7) return count('chain', chain(...parts));
    if (roll < 0.8) return count('race', race(...parts));
    if (roll < 0.87) return count('not', not(first));
    return roll < 0.94
      ? count('not with a text', not(first, 'not you'))
      : count('not with an error', not(first, new Error('not you either')));
  }

  function makeLeaf(type: string | undefined): ShieldRule {
    const roll = random();
    if (roll < 0.08) return count('allow', allow);
    if (roll < 0.14) return count('deny', deny);
    const known = type === undefined ? [] : (readings[type] ?? []);
    const name = `rule ${(names += 1)}`;
    const isAsync = random() < 0.5;
    const functionOf = (say: Say) =>
      isAsync
        ? async (parent: Parent, args: Parent, { identity }: Context) => say(parent, args, identity)
        : (parent: Parent, args: Parent, { identity }: Context) => say(parent, args, identity);
    count(isAsync ? 'promise' : 'value', undefined);
    if (known.length === 0 || roll < 0.45) {
      const cache = pick(['contextual', 'contextual', 'strict', 'no_cache'] as const);
      return count(cache, rule(name, { cache })(functionOf(pick(contexts)) as never));
    }
    const { fragment, say, key } = pick(known);
    const cache = pick(['strict', 'strict', 'no_cache', key] as const);
    count(typeof cache === 'string' ? `${cache} with a fragment` : 'key function', undefined);
    return rule(name, { cache, fragment } as never)(functionOf(say) as never);
  }

  function makeFieldRule(type: string, field: string): ShieldRule {
    const { args = [] } = fieldsOf(type).find(({ name }) => name === field) ?? {};
    const [argument] = args;
    if (!argument || random() < 0.5) return makeRule(type, 2);
    const checks = inputRule(`input ${(names += 1)}`)((yup) =>
      yup.object({
        [argument.name]: yup.string().oneOf(['EUR', 'u1', 'u2', 'o1', 'p2'], 'no such thing'),
      }),
    );
    return count('inputRule', random() < 0.5 ? checks : or(makeRule(type, 1), checks));
  }

  function fieldsOf(type: string) {
    const found = schema.getType(type);
    return isObjectType(found) ? Object.values(found.getFields()) : [];
  }

  function makeTypeRules(type: string): ShieldRule | Record<string, ShieldRule> {
    if (random() < 0.12) return count('rule of a type', makeRule(type, 1));
    const rules: Record<string, ShieldRule> = {};
    if (random() < 0.2) rules['*'] = count('wildcard', makeRule(type, 1));
    for (const { name } of fieldsOf(type)) {
      if (random() < 0.35) rules[name] = makeFieldRule(type, name);
    }
    return rules;
  }

  function makeOptions(): Permissions['options'] {
    const fallbackError = pick([
      undefined,
      'fallen back',
      new Error('an error to fall back on'),
      () => new Error('a function to fall back on'),
      async () => new Error('a promise to fall back on'),
    ]);
    count(`fallbackError ${fallbackError instanceof Error ? 'Error' : typeof fallbackError}`, 0);
    const debug = random() < 0.3;
    if (debug) count('debug', 0);
    const allowExternalErrors = random() < 0.3;
    if (allowExternalErrors) count('allowExternalErrors', 0);
    return {
      ...(fallbackError === undefined ? {} : { fallbackError }),
      ...(random() < 0.2 ? { fallbackRule: count('fallbackRule', makeRule(undefined, 1)) } : {}),
      debug,
      allowExternalErrors,
    };
  }

  const options = makeOptions();
  if (random() < 0.05) return { tree: count('rule of all', makeRule(undefined, 2)), options };
  const types = ['Query', 'Mutation', 'User', 'Order', 'Card', 'Cash'];
  const tree = Object.fromEntries(
    types.flatMap((type) => (random() < 0.75 ? [[type, makeTypeRules(type)]] : [])),
  );
  return { tree, options };
}
