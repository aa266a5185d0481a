import { channel } from 'node:diagnostics_channel';
import { expect, test } from '@jest/globals';
import { createIdentitySigner, createIdentityVerifier } from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';
import { makeWireKey } from '@trellis/platform/wire-keys';
import { parse } from 'graphql';
import { loadById, type Loader } from './load-by.ts';
import { resolveReferenceBy } from './reference.ts';
import type { RequestScope } from './request-scope.ts';
import { serveSubgraph } from './serve.ts';
import { createStatementRecorder, expectConstantStatementsOf } from './statement-slope.ts';
import { testUser } from './testing.ts';

/** The example of docs/bring-your-own-subgraph.md: a subgraph with a store that is no database of ours. */
interface Item {
  readonly id: string;
  readonly name: string;
}

interface Context extends RequestScope {
  readonly itemById: Loader<string, Item | null>;
}

const items = Array.from({ length: 60 }, (_, index) => ({ id: `${index}`, name: `Item ${index}` }));
const statements = channel('trellis:database:statement');
const store = {
  readItems: (ids: readonly string[]): Promise<Item[]> => {
    statements.publish({ service: 'stock', sql: 'readItems' });
    return Promise.resolve(items.filter(({ id }) => ids.includes(id)));
  },
};

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key"])
  type Query { items: [Item!]! }
  type Item @key(fields: "id") { id: ID! name: String! twin: Item! }
`);

async function expectConstant(twin: (item: Item, context: Context) => unknown): Promise<unknown> {
  const key = makeWireKey('a secret of thirty-two characters');
  const recorder = createStatementRecorder();
  const running = await serveSubgraph<Context>({
    name: 'stock',
    schema: typeDefs,
    port: 0,
    log: createLog('stock', { LOG_LEVEL: 'silent' }),
    signedHop: { verify: createIdentityVerifier([key], 'stock'), allowsDirect: false },
    finishSchema: (schema) => recorder.observe(schema),
    createContext: (request) => ({
      ...request,
      itemById: loadById(request, { rows: store.readItems, key: (item) => item.id }),
    }),
    resolvers: {
      Query: { items: () => items },
      Item: {
        __resolveReference: resolveReferenceBy<Context, Item>({
          fields: ['id'],
          find: ({ id = '' }, { itemById }) => itemById.load(id),
        }),
        twin: (item: Item, _arguments: unknown, context: Context) => twin(item, context),
      },
    },
  });
  try {
    return await expectConstantStatementsOf('stock', {
      schema: running.schema,
      typeDefs,
      recorder,
      ask: async (asked) => {
        const response = await fetch(running.url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'trellis-identity': createIdentitySigner(key)(testUser('u'), 'stock'),
          },
          body: JSON.stringify(asked),
        });
        return (await response.json()) as { data: unknown };
      },
    });
  } finally {
    await running.stop();
  }
}

const twinOf = ({ id }: Item): string => String((Number(id) + 1) % items.length);

test('a subgraph with a store of its own proves that it batches', async () => {
  await expectConstant((item, { itemById }) => itemById.load(twinOf(item)));
}, 30_000);

test('and is found out when it does not', async () => {
  await expect(
    expectConstant(async (item) => (await store.readItems([twinOf(item)]))[0]),
  ).rejects.toThrow(/Item\.twin/);
}, 30_000);
