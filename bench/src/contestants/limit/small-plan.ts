import type { Post } from './post.ts';

const topProduct = JSON.stringify({ query: '{ topProducts(first: 1) { upc name price } }' });
const stock = JSON.stringify({
  query:
    'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { inStock } } }',
});
const stockStart = `${stock.slice(0, -1)},"variables":{"representations":`;

/** The small query by hand, in two calls. */
export async function runSmallPlan(post: Post, caller: string | undefined): Promise<string> {
  const products = await post({ subgraph: 'products', body: topProduct, caller });
  const found = products.data.topProducts ?? [];
  const keys = found.map(({ upc }) => ({ __typename: 'Product', upc }));
  const body = `${stockStart}${JSON.stringify(keys)}}}`;
  const inventory = await post({ subgraph: 'inventory', body, caller });
  const topProducts = found.map(({ upc, name, price }, index) => ({
    upc,
    name,
    price,
    inStock: inventory.data._entities?.[index]?.inStock,
  }));
  return JSON.stringify({ data: { topProducts } });
}
