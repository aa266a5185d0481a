import { expect, test } from '@jest/globals';
import { startMockSubgraph } from './start-mock-subgraph.ts';

const link =
  '@link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])';

test('answers for a subgraph of entities only, whose printed schema names a root type that is not there', async () => {
  const mock = await startMockSubgraph(
    'stars',
    `schema ${link} { query: Query }\ntype Book @key(fields: "id") { id: ID! stars: Int }`,
  );
  try {
    const query =
      '{ _entities(representations: [{ __typename: "Book", id: "1" }]) { ... on Book { stars } } }';
    const response = await fetch(mock.url, { method: 'POST', body: JSON.stringify({ query }) });
    expect(await response.json()).toEqual({
      data: { _entities: [{ stars: expect.any(Number) }] },
    });
  } finally {
    await mock.close();
  }
});
