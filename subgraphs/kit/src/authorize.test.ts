import { describe, expect, test } from '@jest/globals';
import type { Identity } from '@trellis/platform/identity';
import { graphql, parse, type GraphQLSchema } from 'graphql';
import {
  allow,
  and,
  applyRules,
  chain,
  deny,
  hasRole,
  hasScopes,
  isAuthenticated,
  not,
  or,
  race,
  rule,
  RuleError,
  type RuleTree,
} from './authorize.ts';
import { makeSubgraphSchema } from './schema.ts';
import { makeTestScope } from './test-scope.ts';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key"])
  type Query { public: String secret: String items: [Item!]! item(owner: String): Item }
  type Item @key(fields: "id") { id: ID! owner: String price: Int }
`);
const items = [
  { id: '1', owner: 'ann', price: 10 },
  { id: '2', owner: 'bob', price: 20 },
];

function makeSchema(rules: RuleTree): GraphQLSchema {
  const schema = makeSubgraphSchema({
    typeDefs,
    resolvers: {
      Query: {
        public: () => 'everyone',
        secret: () => 'nobody',
        items: () => items,
        item: () => items[0],
      },
      Item: {
        __resolveReference: ({ id }: { id: string }) => items.find((each) => each.id === id),
      },
    },
  });
  return applyRules(schema, rules);
}

const ann: Identity = {
  kind: 'user',
  subject: 'ann',
  roles: ['STAFF'],
  scopes: ['read'],
  attributes: {},
};

async function ask(rules: RuleTree, source: string, identity?: Identity) {
  const { data, errors } = await graphql({
    schema: makeSchema(rules),
    source,
    contextValue: { ...makeTestScope(identity) },
  });
  const codes = errors?.map(({ path, extensions }) => [path?.join('.'), extensions['code']]);
  return { data: JSON.parse(JSON.stringify(data)) as unknown, codes };
}

const isOwner = rule('isOwner', { cache: 'strict' })(
  (item: { owner: string }, _arguments: unknown, { identity }: { identity: Identity }) =>
    item.owner === identity.subject,
);

describe('applyRules', () => {
  test('leaves every field without a rule as it was, _entities and _service too', () => {
    const bare = makeSchema({});
    const guarded = makeSchema({ Query: { secret: deny } });
    for (const name of ['_entities', '_service', 'public', 'items']) {
      const resolve = guarded.getQueryType()?.getFields()[name]?.resolve?.toString();
      expect(resolve).toBe(bare.getQueryType()?.getFields()[name]?.resolve?.toString());
    }
    expect(guarded.getQueryType()?.getFields()['secret']?.resolve?.toString()).not.toBe(
      bare.getQueryType()?.getFields()['secret']?.resolve?.toString(),
    );
  });

  test('denies one field and leaves its neighbours', async () => {
    expect(await ask({ Query: { secret: deny } }, '{ public secret }')).toEqual({
      data: { public: 'everyone', secret: null },
      codes: [['secret', 'FORBIDDEN']],
    });
  });

  test('lets `*` stand for the fields that have no rule of their own', async () => {
    const rules = { Query: { '*': deny, public: allow } };
    expect((await ask(rules, '{ public secret }')).codes).toEqual([['secret', 'FORBIDDEN']]);
    expect((await ask({ Query: deny }, '{ public }')).codes).toEqual([['public', 'FORBIDDEN']]);
  });

  test('lets entities through and guards their fields', async () => {
    const source = `{ _service { sdl } _entities(representations: [{ __typename: "Item", id: "1" }, { __typename: "Item", id: "2" }]) { ... on Item { id price } } }`;
    const answer = await ask({ Query: { '*': deny }, Item: { price: isOwner } }, source, ann);
    expect(answer.data).toMatchObject({
      _entities: [
        { id: '1', price: 10 },
        { id: '2', price: null },
      ],
    });
    expect(answer.codes).toEqual([['_entities.1.price', 'FORBIDDEN']]);
  });

  test('judges every object by itself, also with a cached rule', async () => {
    const { data } = await ask(
      { Item: { price: isOwner, owner: isOwner } },
      '{ items { owner price } }',
      ann,
    );
    expect(data).toEqual({
      items: [
        { owner: 'ann', price: 10 },
        { owner: null, price: null },
      ],
    });
  });

  test('denies when a rule throws, and does not tell why', async () => {
    const broken = rule('broken', { cache: 'no_cache' })(() => {
      throw new Error('the table of roles is gone');
    });
    expect((await ask({ Query: { secret: broken } }, '{ secret }')).codes).toEqual([
      ['secret', 'FORBIDDEN'],
    ]);
  });

  test('joins rules as graphql-shield does, on every Node version', async () => {
    const verdicts: [string, Parameters<typeof and>[number], boolean][] = [
      ['and', and(allow, allow), true],
      ['and not', and(allow, deny), false],
      ['or', or(deny, allow), true],
      ['or not', or(deny, deny), false],
      ['not', not(deny), true],
      ['not not', not(allow), false],
      ['chain', chain(allow, allow), true],
      ['chain not', chain(allow, deny), false],
      ['race', race(deny, allow), true],
      ['race not', race(deny, deny), false],
    ];
    for (const [name, joined, isAllowed] of verdicts) {
      const { codes } = await ask({ Query: { secret: joined } }, '{ secret }');
      expect([name, codes === undefined]).toEqual([name, isAllowed]);
    }
  });

  test('names every rule the schema has no field for', () => {
    const rules = { Query: { sekret: deny }, Ghost: deny, Item: { '*': allow } };
    expect(() => makeSchema(rules)).toThrow(
      new RuleError(
        'The rules do not fit the schema:\n- rules name "Query.sekret", which the schema lacks\n- rules name "Ghost", which is no object type of the schema',
      ),
    );
  });
});

describe('the ready rules', () => {
  test.each([
    ['isAuthenticated', isAuthenticated, undefined, 'UNAUTHENTICATED'],
    ['isAuthenticated', isAuthenticated, ann, undefined],
    ['hasRole', hasRole('STAFF', 'ADMIN'), ann, undefined],
    ['hasRole', hasRole('ADMIN'), ann, 'FORBIDDEN'],
    ['hasRole', hasRole('ADMIN'), undefined, 'UNAUTHENTICATED'],
    ['hasScopes', hasScopes('read'), ann, undefined],
    ['hasScopes', hasScopes('read', 'write'), ann, 'FORBIDDEN'],
    ['hasScopes', hasScopes('read'), undefined, 'UNAUTHENTICATED'],
  ])('%s answers as it should', async (_name, given, identity, code) => {
    const { codes } = await ask({ Query: { secret: given } }, '{ secret }', identity);
    expect(codes?.[0]?.[1]).toBe(code);
  });
});
