import { describe, expect, test } from '@jest/globals';
import { createExecutionTrace } from './execution-trace.ts';
import { createLocalGraph } from './testing/local-graph.ts';
import { shop } from './testing/shop.ts';

const variablesOf = (body: string): Record<string, unknown[]> =>
  (JSON.parse(body) as { variables: Record<string, unknown[]> }).variables;

describe('fetching', () => {
  test('joins entities of several subgraphs and asks for each once', async () => {
    const graph = createLocalGraph(shop);
    const answer = await graph.run('{ reviews { text author { name } product { name } } }');
    expect(answer).toEqual({
      data: {
        reviews: [
          { text: 'good', author: { name: 'Ada' }, product: { name: 'Table' } },
          { text: 'fair', author: { name: 'Ada' }, product: { name: 'Chair' } },
          { text: 'poor', author: { name: 'Bob' }, product: { name: 'Table' } },
        ],
      },
    });
    const accounts = graph.requests.find(({ subgraph }) => subgraph === 'accounts');
    expect(variablesOf(accounts?.body ?? '')['representations']).toEqual([
      { __typename: 'User', id: '1' },
      { __typename: 'User', id: '2' },
    ]);
  });

  const twoPaths =
    '{ me { reviews { product { name } } } topProducts { reviews { author { reviews { product { name } } } } } }';

  test('sends fetches of one wave to one subgraph as one request', async () => {
    const merged = createLocalGraph(shop);
    const apart = createLocalGraph(shop, { mergeFetches: false });
    expect(await merged.run(twoPaths)).toEqual(await apart.run(twoPaths));
    expect(merged.requests).toHaveLength(4);
    expect(apart.requests.length).toBeGreaterThan(4);
  });

  test('sends variables only where they are used, and defaults of the operation', async () => {
    const graph = createLocalGraph(shop);
    const query =
      'query ($first: Int = 1, $id: ID!) { topProducts(first: $first) { upc } user(id: $id) { name } }';
    const answer = await graph.run(query, { variables: { first: 1, id: '2' } });
    expect(answer.data).toEqual({ topProducts: [{ upc: 'x' }], user: { name: 'Bob' } });
    const sent = Object.fromEntries(
      graph.requests.map(({ subgraph, body }) => [subgraph, variablesOf(body)]),
    );
    expect(sent).toEqual({ products: { first: 1 }, accounts: { id: '2' } });
  });

  test('never changes what a subgraph answered, because others may hold it too', async () => {
    const graph = createLocalGraph(shop);
    graph.intercept = async (_request, next) => deepFreeze(await next());
    const answer = await graph.run('{ me { name reviews { text author { name } } } }');
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toMatchObject({ me: { reviews: [{ author: { name: 'Ada' } }, {}] } });
  });

  test('runs root fields of a mutation in order, each with its entities before the next', async () => {
    const graph = createLocalGraph(shop);
    const answer = await graph.run(
      'mutation { a: review(upc: "x", text: "one") { text author { name } } b: rename(id: "2", name: "Ben") { name reviews { text } } c: review(upc: "y", text: "two") { text } }',
    );
    expect(answer.data).toEqual({
      a: { text: 'one', author: { name: 'Ada' } },
      b: { name: 'Ben', reviews: [{ text: 'poor' }] },
      c: { text: 'two' },
    });
    expect(graph.requests.map(({ subgraph, kind }) => `${subgraph} ${kind}`)).toEqual([
      'reviews mutation',
      'accounts query',
      'accounts mutation',
      'reviews query',
      'reviews mutation',
    ]);
  });

  test('runs equal root fields of a mutation as often as they are written', async () => {
    const graph = createLocalGraph(shop);
    await graph.run(
      'mutation { a: review(upc: "x", text: "t") { id } b: review(upc: "x", text: "t") { id } }',
    );
    expect(graph.requests).toHaveLength(2);
  });

  test('fills a trace when one is given', async () => {
    const graph = createLocalGraph(shop);
    const trace = createExecutionTrace();
    const text = await graph.runText('{ reviews { author { name } } }', { trace });
    expect(trace.responseBytes).toBe(text.length);
    expect(trace.steps).toMatchObject([
      { number: 1, subgraph: 'reviews', wave: 0, entities: null, errors: 0, delivery: 'sent' },
      { number: 2, subgraph: 'accounts', wave: 1, entities: { places: 3, representations: 2 } },
    ]);
  });
});

describe('answering', () => {
  test('writes fields in the order of the operation, with its aliases', async () => {
    const graph = createLocalGraph(shop);
    const text = await graph.runText(
      '{ z: me { n: name __typename id reviews { t: text } a: name } }',
    );
    expect(text).toBe(
      '{"data":{"z":{"n":"Ada","__typename":"User","id":"1","reviews":[{"t":"good"},{"t":"fair"}],"a":"Ada"}}}',
    );
  });

  test('keeps the order of fields that come through fragments and conditions', async () => {
    const graph = createLocalGraph(shop);
    const query =
      'query ($yes: Boolean!) { me { ...F @include(if: $yes) age name ...F } } fragment F on User { name }';
    expect(await graph.runText(query, { variables: { yes: true } })).toBe(
      '{"data":{"me":{"name":"Ada","age":36}}}',
    );
    expect(await graph.runText(query, { variables: { yes: false } })).toBe(
      '{"data":{"me":{"age":36,"name":"Ada"}}}',
    );
  });

  test('leaves out what @skip and @include leave out, and does not fetch for it', async () => {
    const graph = createLocalGraph(shop);
    const query =
      'query ($with: Boolean!) { me { name ... @include(if: $with) { reviews { text } } } }';
    expect(await graph.run(query, { variables: { with: false } })).toEqual({
      data: { me: { name: 'Ada' } },
    });
    expect(graph.requests).toHaveLength(1);
    const answer = await graph.run(query, { variables: { with: true } });
    expect(answer.data).toMatchObject({ me: { reviews: [{ text: 'good' }, { text: 'fair' }] } });
  });

  test('answers an object whose fields are all skipped as an empty object', async () => {
    const graph = createLocalGraph(shop);
    expect(await graph.run('{ me { name @skip(if: true) } }')).toEqual({ data: { me: {} } });
  });

  test('answers an object that is of none of the types wanted as an empty object', async () => {
    const graph = createLocalGraph({
      one: {
        sdl: `type Query { cat: Cat cats: [Cat!]! } interface Animal { id: ID }
          type Cat implements Animal { id: ID } type Dog implements Animal { id: ID }`,
        resolvers: { Query: { cat: () => ({ id: '1' }), cats: () => [{ id: '1' }, { id: '2' }] } },
      },
    });
    const dogs = '... on Animal { ... on Dog { id } }';
    const answer = await graph.run(`{ cat { ${dogs} } cats { ${dogs} } }`);
    expect(answer).toEqual({ data: { cat: {}, cats: [{}, {}] } });
  });

  test('answers introspection by itself, alone or beside data', async () => {
    const graph = createLocalGraph(shop);
    const alone = await graph.run('{ __typename __type(name: "Product") { name } }');
    expect(alone).toEqual({ data: { __typename: 'Query', __type: { name: 'Product' } } });
    expect(graph.requests).toHaveLength(0);
    const mixed = await graph.run(
      'query ($t: String!) { me { name } t: __type(name: $t) { kind } __schema { queryType { name } } }',
      { variables: { t: 'Review' } },
    );
    expect(mixed.data).toEqual({
      me: { name: 'Ada' },
      t: { kind: 'OBJECT' },
      __schema: { queryType: { name: 'Query' } },
    });
  });

  test('uses the root type names of the graph', async () => {
    const graph = createLocalGraph({
      one: {
        sdl: 'schema { query: Root mutation: Change } type Root { hello: String } type Change { go: String }',
        resolvers: { Root: { hello: () => 'hi' }, Change: { go: () => 'gone' } },
      },
    });
    expect(await graph.run('{ __typename hello }')).toEqual({
      data: { __typename: 'Query', hello: 'hi' },
    });
    expect(await graph.run('mutation { go __typename }')).toEqual({
      data: { go: 'gone', __typename: 'Mutation' },
    });
  });
});

describe('planning', () => {
  test('plans once however many callers wait', async () => {
    const graph = createLocalGraph(shop);
    const permitted = graph.permit('{ me { name } }');
    const executables = await Promise.all([
      graph.engine.plan(permitted),
      graph.engine.plan(permitted),
    ]);
    expect(executables[0]).toBe(executables[1]);
  });

  test('names its hottest operations and warms another engine with them', async () => {
    const graph = createLocalGraph(shop);
    await graph.run('{ me { name } }');
    await graph.run('{ users { name } }');
    await graph.run('{ users { name } }');
    const [hottest, ...others] = graph.engine.hottest?.(5) ?? [];
    expect(hottest?.prepared.document).toEqual(
      graph.permit('{ users { name } }').prepared.document,
    );
    expect(others).toHaveLength(1);
    const next = createLocalGraph(shop);
    await next.engine.warm?.(hottest ? [hottest, ...others] : []);
    expect(next.engine.hottest?.(5)).toHaveLength(2);
  });

  test('prints the plan as waves of requests', async () => {
    const graph = createLocalGraph(shop);
    const executable = await graph.engine.plan(graph.permit('{ me { discount } }'));
    expect(executable.printedPlan).toBe(
      [
        'Wave 1',
        '  #1 accounts',
        '    for the root',
        '      {',
        '        me {',
        '          __typename',
        '          id',
        '          plan',
        '        }',
        '      }',
        'Wave 2',
        '  #2 reviews after #1',
        '    for me',
        '      sends { ... on User { __typename id plan } }',
        '      {',
        '        ... on User {',
        '          discount',
        '        }',
        '      }',
        '',
      ].join('\n'),
    );
  });

  test('refuses a supergraph with access directives unless somebody enforces them', () => {
    const secret = {
      one: { sdl: 'type Query { open: String secret: String @authenticated }', resolvers: {} },
    };
    expect(() => createLocalGraph(secret)).toThrow(/authenticated.*nothing that enforces it/);
    expect(() => createLocalGraph(secret, { enforcesAccessDirectives: true })).not.toThrow();
  });
});

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
