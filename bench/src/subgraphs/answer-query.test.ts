import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { answerQuery } from './answer-query.ts';

test('nine products repeat themselves in a larger catalogue', async () => {
  const query = '{ topProducts(first: 11) { upc name } }';
  const answer = JSON.parse(await answerQuery('products', JSON.stringify({ query }))) as {
    data: { topProducts: { upc: string; name: string }[] };
  };
  deepEqual(answer.data.topProducts.slice(8), [
    { upc: '9', name: 'Sofa' },
    { upc: '10', name: 'Table' },
    { upc: '11', name: 'Couch' },
  ]);
});

test('entities are found by their keys', async () => {
  const query =
    'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { inStock shippingEstimate } } }';
  const representations = [{ __typename: 'Product', upc: '1' }];
  const body = JSON.stringify({ query, variables: { representations } });
  deepEqual(JSON.parse(await answerQuery('inventory', body)), {
    data: { _entities: [{ inStock: true, shippingEstimate: null }] },
  });
});
