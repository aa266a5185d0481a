import { describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import type { LocalSubgraph } from '../execution/testing/local-graph.ts';
import type { RuleContext } from './rule-context.ts';
import { allow, and, chain, deny, inputRule, not, or, race, rule, shield } from './shield.ts';
import { caller, createRuledGraph } from './testing/ruled-graph.ts';

const executed: string[] = [];

const people: LocalSubgraph = {
  sdl: `
    type Query { me: User  user(id: ID!): User  things: [Thing!]!  public: String }
    type Mutation { rename(name: String!): User  erase: Boolean }
    interface Thing { label: String }
    type Safe implements Thing { label: String  code: String }
    type Open implements Thing { label: String }
    union Any = Safe | Open
    type User @key(fields: "id") { id: ID!  name: String  email: String  rank: Int!  friend: User  any: [Any!] }`,
  resolvers: {
    Query: {
      me: () => user('1'),
      user: (_: unknown, { id }: { id: string }) => user(id),
      things: () => [
        { __typename: 'Safe', label: 'CANARY-safe', code: 'c' },
        { __typename: 'Open', label: 'open' },
      ],
      public: () => 'yes',
    },
    Mutation: {
      rename: () => {
        executed.push('rename');
        return user('1');
      },
      erase: () => {
        executed.push('erase');
        return true;
      },
    },
    Thing: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Any: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    User: { __resolveReference: ({ id }: { id: string }) => user(id) },
  },
};

function user(id: string): object {
  return {
    id,
    name: `name ${id}`,
    email: `CANARY-${id}`,
    rank: 7,
    friend: () => user('2'),
    any: [
      { __typename: 'Safe', label: 'CANARY-safe', code: 'CANARY-code' },
      { __typename: 'Open', label: 'open' },
    ],
  };
}

const shop: Readonly<Record<string, LocalSubgraph>> = {
  people,
  notes: {
    sdl: `type User @key(fields: "id") { id: ID!  notes: [String!] }`,
    resolvers: {
      User: {
        __resolveReference: (reference: object) => reference,
        notes: ({ id }: { id: string }) => [`CANARY-note ${id}`],
      },
    },
  },
};

const signedIn = rule('signedIn', { cache: 'contextual' })(
  (_p: unknown, _a: unknown, { identity }: RuleContext) => identity.kind !== 'anonymous',
);
const isAdmin = rule('isAdmin', { cache: 'contextual' })(
  (_p: unknown, _a: unknown, { identity }: RuleContext) =>
    identity.roles.includes('ADMIN') || new Error('for admins'),
);

describe('a denied field', () => {
  const permissions = shield({ User: { email: isAdmin, notes: signedIn, rank: isAdmin } });

  test('is null with its path, is never asked for, and leaves the rest alone', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask('{ me { name mail: email notes } public }');
    expect(answer).toEqual({
      data: { me: { name: 'name 1', mail: null, notes: null }, public: 'yes' },
      errors: [
        {
          message: 'for admins',
          path: ['me', 'mail'],
          extensions: { code: 'UNAUTHENTICATED' },
        },
        {
          message: 'Not Authorised!',
          path: ['me', 'notes'],
          extensions: { code: 'UNAUTHENTICATED' },
        },
      ],
    });
    expect(graph.traffic()).not.toMatch(/email|notes/);
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });

  test('is FORBIDDEN to somebody known, and there for those who may', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const denied = await graph.ask('{ me { email notes } }', caller('anna'));
    expect(denied.data).toEqual({ me: { email: null, notes: ['CANARY-note 1'] } });
    expect(denied.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
    const allowed = await graph.ask('{ me { email } }', caller('root', { roles: ['ADMIN'] }));
    expect(allowed).toEqual({ data: { me: { email: 'CANARY-1' } } });
  });

  test('nulls its parent where it must not be null', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask('{ me { friend { rank } } }', caller('anna'));
    expect(answer.data).toEqual({ me: { friend: null } });
    expect(answer.errors).toEqual([
      { message: 'for admins', path: ['me', 'friend', 'rank'], extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  test('is found through aliases, fragments and conditions', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask(
      `query ($yes: Boolean!) { a: me { ...F ... on User { b: email } c: email @include(if: $yes) } }
       fragment F on User { friend { ... { d: email } } email @skip(if: $yes) }`,
      caller('anna'),
      { yes: true },
    );
    expect(answer.data).toEqual({ a: { friend: { d: null }, b: null, c: null } });
    expect(JSON.stringify(answer) + graph.traffic()).not.toMatch(/CANARY|email/);
  });

  test('can be named so by nobody: an alias is judged by what it stands for', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask('{ me { email: name name: email } }', caller('anna'));
    expect(answer.data).toEqual({ me: { email: 'name 1', name: null } });
  });
});

describe('types with several faces', () => {
  const permissions = shield({ Safe: { label: deny, code: deny } });

  test('are judged by what each object is, through the interface too', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask('{ things { label } }');
    expect(answer.data).toEqual({ things: [{ label: null }, { label: 'open' }] });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['things', 0, 'label']]);
  });

  test('are judged so through unions', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask(
      '{ me { any { ... on Thing { label } ... on Safe { code } ... on Open { label } } } }',
    );
    expect(answer.data).toEqual({ me: { any: [{ label: null, code: null }, { label: 'open' }] } });
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });
});

describe('a root field', () => {
  const own = rule('own', { cache: 'strict' })(
    (_p: unknown, { id }: { id: string }, { identity }: RuleContext) => identity.subject === id,
  );
  const permissions = shield({ Query: { user: own }, Mutation: { '*': signedIn, erase: isAdmin } });

  test('is judged by its arguments, each by its own', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask(
      'query ($id: ID!) { a: user(id: "anna") { name } b: user(id: $id) { name } }',
      caller('anna'),
      { id: 'bert' },
    );
    expect(answer.data).toEqual({ a: { name: 'name anna' }, b: null });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['b']]);
    expect(graph.traffic()).not.toContain('bert');
  });

  test('of a mutation never runs when it is denied, and its neighbours do', async () => {
    const graph = createRuledGraph(shop, { permissions });
    executed.length = 0;
    const answer = await graph.ask('mutation { erase rename(name: "x") { name } }', caller('anna'));
    expect(executed).toEqual(['rename']);
    expect(answer.data).toEqual({ erase: null, rename: { name: 'name 1' } });
    executed.length = 0;
    await graph.ask('mutation { erase rename(name: "x") { name } }');
    expect(executed).toEqual([]);
  });

  test('is checked by input rules', async () => {
    const graph = createRuledGraph(shop, {
      permissions: shield({
        Mutation: {
          rename: inputRule('short')((yup) => yup.object({ name: yup.string().max(3) })),
        },
      }),
    });
    executed.length = 0;
    const answer = await graph.ask('mutation { a: rename(name: "long name") { name } }');
    expect(answer.errors?.[0]?.message).toContain('at most 3 characters');
    expect(executed).toEqual([]);
  });
});

describe('the rule language', () => {
  const yes = rule('yes', { cache: 'contextual' })(() => true);
  const no = rule('no', { cache: 'contextual' })(() => false);
  const reason = rule('reason', { cache: 'contextual' })(() => new Error('because'));
  const throws = rule('throws', { cache: 'contextual' })(() => {
    throw new Error('secret');
  });

  test.each([
    ['and of yes', and(yes, allow), undefined],
    ['and with a no', and(yes, no), 'Not Authorised!'],
    ['and with a reason', and(no, reason), 'because'],
    ['or with a yes', or(no, yes), undefined],
    ['or of no', or(no, deny), 'Not Authorised!'],
    ['not of no', not(no), undefined],
    ['not of a reason', not(reason), undefined],
    ['not of yes', not(yes, 'reversed'), 'reversed'],
    ['chain that stops', chain(yes, no, reason), 'Not Authorised!'],
    ['chain that ends', chain(yes, yes), undefined],
    ['race that finds', race(no, yes, throws), undefined],
    ['race that does not', race(no, reason), 'because'],
    ['a rule that throws', throws, 'Not Authorised!'],
    ['a rule that is no boolean', rule('one')(() => 1 as never), 'Not Authorised!'],
  ])('%s', async (_name, given, message) => {
    const graph = createRuledGraph(shop, { permissions: shield({ Query: { public: given } }) });
    const answer = await graph.ask('{ public }');
    expect(answer.errors?.[0]?.message).toBe(message);
    expect(answer.data).toEqual({ public: message === undefined ? 'yes' : null });
  });

  test('falls back to a rule and an error, and shows what was thrown only in debug', async () => {
    const closed = createRuledGraph(shop, {
      permissions: shield(
        { Query: { public: throws, me: allow } },
        { fallbackRule: deny, fallbackError: 'closed' },
      ),
    });
    expect(
      (await closed.ask('{ public me { name } }')).errors?.map((each) => each.message),
    ).toEqual(['closed', 'closed']);
    const open = createRuledGraph(shop, {
      permissions: shield({ Query: { public: throws } }, { debug: true }),
    });
    expect((await open.ask('{ public }')).errors?.[0]?.message).toBe('secret');
  });

  test('a rule for a whole type stands for its fields, and one for all for everything', async () => {
    const graph = createRuledGraph(shop, { permissions: shield({ User: deny }) });
    expect((await graph.ask('{ public me { name } }')).data).toEqual({
      public: 'yes',
      me: { name: null },
    });
    const all = createRuledGraph(shop, { permissions: shield(deny) });
    expect((await all.ask('{ public __typename }')).data).toEqual({
      public: null,
      __typename: 'Query',
    });
  });

  test('a contextual rule that reads info denies, also where it would have said yes', async () => {
    const careless = rule('careless', { cache: 'contextual' })(
      (_parent, _args, _context, info: { fieldName?: string }) => info.fieldName !== 'email',
    );
    const graph = createRuledGraph(shop, { permissions: shield({ User: { email: careless } }) });
    expect((await graph.ask('{ me { email } }')).data).toEqual({ me: { email: null } });
  });

  test('a contextual rule that reads its parent or arguments denies, and says so in the log', async () => {
    const lines: string[] = [];
    const log = createLog('test', { LOG_LEVEL: 'silent' });
    log.error = ((text: string) => void lines.push(text)) as never;
    const careless = rule('careless', { cache: 'contextual' })((parent: { id?: string }) => {
      try {
        return parent.id !== 'x';
      } catch {
        return true;
      }
    });
    const graph = createRuledGraph(
      shop,
      { permissions: shield({ User: { email: careless } }) },
      { log },
    );
    expect((await graph.ask('{ me { email } }')).data).toEqual({ me: { email: null } });
    expect(lines).toEqual([expect.stringContaining('"careless" is declared contextual')]);
  });

  test.each([
    ['a type', { Nothing: deny }, 'rules name "Nothing"'],
    ['an interface', { Thing: deny }, 'rules name "Thing"'],
    ['a field', { User: { nothing: deny } }, 'rules name "User.nothing"'],
    ['no rule', { User: { email: true as never } }, 'something that is no rule'],
    [
      'a name twice',
      { User: { email: rule('a')(() => true), name: rule('a')(() => false) } },
      'several rules named "a"',
    ],
    [
      'an unknown input',
      { User: { email: rule('b', { fragment: '{ nothing }' })(() => true) } },
      'Cannot query field "nothing"',
    ],
    [
      'a fragment of another type',
      { User: { email: rule('b', { fragment: 'fragment F on Query { public }' })(() => true) } },
      'the fragment of a rule on User.email is on Query, which no User is',
    ],
  ])('does not start with rules for %s', (_name, tree, message) => {
    expect(() => createRuledGraph(shop, { permissions: shield(tree) })).toThrow(message);
  });
});

describe('access directives', () => {
  const subgraphs: Readonly<Record<string, LocalSubgraph>> = {
    one: {
      sdl: `
        type Query { open: String  known: String @authenticated  scoped: String @requiresScopes(scopes: [["a", "b"], ["c"]])
          ruled: String @policy(policies: [["odd"]])  unknown: String @policy(policies: [["nobody decides"]])  secret: Secret  word: Word }
        type Secret @authenticated { text: String }
        scalar Word @authenticated`,
      resolvers: {
        Query: {
          open: () => 'open',
          known: () => 'known',
          scoped: () => 'scoped',
          ruled: () => 'ruled',
          unknown: () => 'unknown',
          secret: () => ({ text: 'text' }),
          word: () => 'word',
        },
      },
    },
  };
  const module = {
    policies: { odd: ({ identity }: RuleContext) => identity.attributes['number'] === 'odd' },
  };

  test('hold without any tree of rules', async () => {
    const graph = createRuledGraph(subgraphs, {});
    const answer = await graph.ask('{ open known scoped ruled unknown secret { text } word }');
    expect(answer.data).toEqual({
      open: 'open',
      known: null,
      scoped: null,
      ruled: null,
      unknown: null,
      secret: null,
      word: null,
    });
    expect(answer.errors).toHaveLength(6);
  });

  test.each([
    [['a', 'b'], true],
    [['c'], true],
    [['a'], false],
    [['A', 'B'], false],
    [['a b'], false],
    [['*'], false],
    [['c2', 'ac'], false],
    [['b'], false],
    [['a,b'], false],
    [['a', 'B'], false],
    [[' a', 'b'], false],
    [['a\u0000', 'b'], false],
    [['a:read', 'b:read'], false],
    [['__proto__', 'constructor'], false],
    [['ADMIN', 'admin', 'admin2'], false],
    [['b', 'x', 'a'], true],
    [['x', 'c'], true],
    [[], false],
  ])('scopes %j: %s', async (scopes, isAllowed) => {
    const graph = createRuledGraph(subgraphs, module);
    const answer = await graph.ask('{ scoped known }', caller('anna', { scopes }));
    expect(answer.data).toEqual({ scoped: isAllowed ? 'scoped' : null, known: 'known' });
  });

  test('policies are decided by the permissions module', async () => {
    const graph = createRuledGraph(subgraphs, module);
    const odd = caller('anna', { attributes: { number: 'odd' } });
    expect((await graph.ask('{ ruled unknown }', odd)).data).toEqual({
      ruled: 'ruled',
      unknown: null,
    });
  });

  test('and rules must both agree', async () => {
    const graph = createRuledGraph(subgraphs, {
      permissions: shield({ Query: { known: isAdmin } }),
    });
    expect((await graph.ask('{ known }', caller('anna'))).data).toEqual({ known: null });
    const admin = caller('root', { roles: ['ADMIN'] });
    expect((await graph.ask('{ known }', admin)).data).toEqual({ known: 'known' });
  });
});
