import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Identity } from '@trellis/platform/identity';
import { SubgraphError } from '../errors.ts';
import type { RequestContext } from '../request.ts';
import type { JsonObject, SubgraphRequest, SubgraphResponse } from '../transport/subgraph-fetch.ts';
import { createExecutionTrace } from './execution-trace.ts';
import {
  createLocalGraph,
  userIdentity,
  type LocalGraph,
  type RunOptions,
} from './testing/local-graph.ts';
import type { TrellisEngineOptions } from './engine-options.ts';

/** Items name their owner by id; owners live in another subgraph. Answers are computed from ids alone. */
const subgraphs = {
  items: {
    sdl: 'type Query { item(owner: ID!): Item } type Item { owner: Owner } type Owner @key(fields: "id") { id: ID! }',
  },
  owners: {
    sdl: 'type Owner @key(fields: "id") { id: ID! name(style: String): String strict: String! }',
  },
};

interface World {
  /** Ids of owners that are null, fail softly, or make their whole request fail. */
  readonly missing?: ReadonlySet<string>;
  readonly failing?: ReadonlySet<string>;
  readonly poisonous?: ReadonlySet<string>;
  /** Ids whose resolver breaks the whole list. */
  readonly breaking?: ReadonlySet<string>;
}

function ownersGraph(
  options: TrellisEngineOptions,
  world: World = {},
): LocalGraph & { ownerCalls(): number } {
  const graph = createLocalGraph(subgraphs, { shareOperations: false, ...options });
  graph.intercept = async (request, _next, context) => {
    const { variables } = JSON.parse(request.body) as { variables: Record<string, unknown> };
    if (request.subgraph === 'items') {
      await new Promise((resolve) => setImmediate(resolve));
      return respond({ t_item: { owner: { __typename: 'Owner', id: variables['id'] as string } } });
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
    return owners(request, context, world);
  };
  return Object.assign(graph, {
    ownerCalls: () => graph.requests.filter(({ subgraph }) => subgraph === 'owners').length,
  });
}

function respond(data: JsonObject): SubgraphResponse {
  return { data, errors: undefined, extensions: undefined };
}

function owners(request: SubgraphRequest, context: RequestContext, world: World): SubgraphResponse {
  const { variables } = JSON.parse(request.body) as {
    variables: { representations: { id: string }[]; s?: string };
  };
  const ids = variables.representations.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) throw new Error('a representation was sent twice');
  if (ids.some((id) => world.poisonous?.has(id)))
    throw new SubgraphError('SUBGRAPH_UNAVAILABLE', 'owners');
  if (ids.some((id) => world.breaking?.has(id))) {
    const errors = [{ message: 'broken', path: ['_entities'], extensions: undefined }];
    return { data: null, errors, extensions: undefined };
  }
  const errors = ids.flatMap((id, at) =>
    world.failing?.has(id)
      ? [{ message: `no name for ${id}`, path: ['_entities', at, 'name'], extensions: undefined }]
      : [],
  );
  const entities = ids.map((id) => {
    if (world.missing?.has(id)) return null;
    const name = world.failing?.has(id)
      ? null
      : `${variables.s ?? ''}${id} for ${context.identity.subject ?? '?'}`;
    return { name, t_name: name, strict: id.endsWith('7') ? null : id };
  });
  return { ...respond({ _entities: entities }), errors: errors.length > 0 ? errors : undefined };
}

const query = 'query ($id: ID!) { item(owner: $id) { owner { id name } } }';
const as = (identity: Identity): RunOptions => ({ context: { identity } });

describe('batching entities across operations', () => {
  test('200 operations that each need another owner make one call, and each gets its own', async () => {
    const graph = ownersGraph({});
    const ids = Array.from({ length: 200 }, (_, at) => `o${at}`);
    const answers = await Promise.all(ids.map((id) => graph.run(query, { variables: { id } })));
    expect(answers.map(({ data }) => data)).toEqual(
      ids.map((id) => ({ item: { owner: { id, name: `${id} for ?` } } })),
    );
    expect(graph.ownerCalls()).toBe(1);
  });

  test('different selections, arguments and identities never share a call', async () => {
    const graph = ownersGraph({});
    const styled =
      'query ($id: ID!, $s: String) { item(owner: $id) { owner { name(style: $s) } } }';
    const answers = await Promise.all([
      graph.run(query, { variables: { id: '1' }, ...as(userIdentity('ada')) }),
      graph.run(query, { variables: { id: '1' }, ...as(userIdentity('bob')) }),
      graph.run(styled, { variables: { id: '1', s: 'a' }, ...as(userIdentity('ada')) }),
      graph.run(styled, { variables: { id: '1', s: 'b' }, ...as(userIdentity('ada')) }),
    ]);
    expect(JSON.stringify(answers)).toBe(
      '[{"data":{"item":{"owner":{"id":"1","name":"1 for ada"}}}},{"data":{"item":{"owner":{"id":"1","name":"1 for bob"}}}},' +
        '{"data":{"item":{"owner":{"name":"a1 for ada"}}}},{"data":{"item":{"owner":{"name":"b1 for ada"}}}}]',
    );
    expect(graph.ownerCalls()).toBe(4);
  });

  test('a subgraph declared free of identity is asked once for all identities', async () => {
    const graph = ownersGraph({ identityFreeSubgraphs: ['owners'] });
    await Promise.all(
      ['ada', 'bob', 'cyd'].map((name) =>
        graph.run(query, { variables: { id: name }, ...as(userIdentity(name)) }),
      ),
    );
    expect(graph.ownerCalls()).toBe(1);
  });

  test('batches stay within their maximum', async () => {
    const graph = ownersGraph({ batchEntities: { maxBatchSize: 30 } });
    await Promise.all(
      Array.from({ length: 100 }, (_, at) => graph.run(query, { variables: { id: `${at}` } })),
    );
    const sizes = graph.requests
      .filter(({ subgraph }) => subgraph === 'owners')
      .map(
        ({ body }) =>
          (JSON.parse(body) as { variables: { representations: unknown[] } }).variables
            .representations.length,
      );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(100);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(30);
  });

  test('a caller who leaves takes nobody along', async () => {
    const graph = ownersGraph({});
    const leaving = new AbortController();
    const answers = ['1', '2', '3'].map((id) =>
      graph.run(query, {
        variables: { id },
        ...(id === '1' ? { context: { signal: leaving.signal } } : {}),
      }),
    );
    leaving.abort();
    const [, second, third] = await Promise.all(answers);
    expect(second?.data).toEqual({ item: { owner: { id: '2', name: '2 for ?' } } });
    expect(third?.data).toEqual({ item: { owner: { id: '3', name: '3 for ?' } } });
  });

  test('a caller with little time does not wait for one with more', async () => {
    const graph = ownersGraph({});
    const next = graph.intercept;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    graph.intercept = async (request, ask, context) => {
      if (request.subgraph === 'owners') await released;
      return next(request, ask, context);
    };
    const patient = graph.run(query, { variables: { id: '1' } });
    const context = { deadline: { remainingMs: () => 5 } };
    const hurried = await graph.run(query, { variables: { id: '2' }, context });
    expect(hurried.data).toEqual({ item: { owner: { id: '2', name: null } } });
    expect(hurried.errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
    release();
    expect((await patient).data).toEqual({ item: { owner: { id: '1', name: '1 for ?' } } });
  });

  test('the trace tells that a request was batched', async () => {
    const graph = ownersGraph({});
    const trace = createExecutionTrace();
    await Promise.all([
      graph.run(query, { variables: { id: '1' } }),
      graph.run(query, { variables: { id: '2' }, trace }),
    ]);
    expect(trace.steps.at(-1)).toMatchObject({
      subgraph: 'owners',
      delivery: 'batched',
      errors: 0,
    });
  });

  test('equals unbatched answers under random load and failures', async () => {
    const id = fc.integer({ min: 0, max: 30 }).map(String);
    const idSet = fc.uniqueArray(id, { maxLength: 6 }).map((ids) => new Set(ids));
    const operations = fc.array(
      fc.record({
        id,
        user: fc.constantFrom('ada', 'bob'),
        query: fc.constantFrom(
          query,
          'query Other($id: ID!) { item(owner: $id) { owner { name } } }',
          'query ($id: ID!) { item(owner: $id) { owner { n: name s: strict } } }',
        ),
        turns: fc.integer({ min: 0, max: 5 }),
      }),
      { minLength: 1, maxLength: 40 },
    );
    const maxBatchSize = fc.constantFrom(1, 3, 500);
    await fc.assert(
      fc.asyncProperty(
        operations,
        fc.record({
          missing: idSet,
          failing: idSet,
          breaking: fc.oneof(fc.constant(new Set<string>()), idSet),
        }),
        maxBatchSize,
        async (load, world, size) => {
          const batched = ownersGraph({ batchEntities: { maxBatchSize: size } }, world);
          const plain = ownersGraph({ batchEntities: false }, world);
          const runAll = (graph: LocalGraph): Promise<string[]> =>
            Promise.all(
              load.map(async ({ id: owner, user, query: text, turns }) => {
                for (let turn = 0; turn < turns; turn += 1)
                  await new Promise((resolve) => setImmediate(resolve));
                return graph.runText(text, { variables: { id: owner }, ...as(userIdentity(user)) });
              }),
            );
          expect(await runAll(batched)).toEqual(await runAll(plain));
          if (world.breaking.size === 0)
            expect(batched.ownerCalls()).toBeLessThanOrEqual(plain.ownerCalls());
        },
      ),
      { numRuns: 15 },
    );
  });

  test('when a request fails as a whole, those who asked with it get its error and nobody else', async () => {
    const graph = ownersGraph({}, { poisonous: new Set(['bad']) });
    const [good, bad] = await Promise.all([
      graph.run(query, { variables: { id: 'good' }, ...as(userIdentity('ada')) }),
      graph.run(query, { variables: { id: 'bad' }, ...as(userIdentity('bob')) }),
    ]);
    expect(good.errors).toBeUndefined();
    expect(bad).toEqual({
      data: { item: { owner: { id: 'bad', name: null } } },
      errors: [
        {
          message: 'A subgraph cannot be reached.',
          path: ['item', 'owner'],
          extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
        },
      ],
    });
  });
});
