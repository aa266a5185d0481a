/** An operation of the load, and which services each part of its answer needs. */
export interface Operation {
  readonly name: string;
  readonly query: string;
  /** By path of names, list places left out: the services that part needs beyond those of its parents. */
  readonly owners: Readonly<Record<string, readonly string[]>>;
}

/** Queries over public data that nobody changes during the run, so the first answer is the right one for all of it. */
export const operations: readonly Operation[] = [
  {
    name: 'Categories',
    query: 'query Categories { categories { id slug } }',
    owners: { categories: ['catalog'] },
  },
  {
    name: 'Warehouses',
    query: 'query Warehouses { warehouses { id code } }',
    owners: { warehouses: ['inventory'] },
  },
  {
    name: 'Stock',
    query: 'query Stock { products(first: 5) { nodes { id name inStock } } }',
    owners: { products: ['catalog'], 'products.nodes.inStock': ['inventory'] },
  },
  {
    name: 'Reviews',
    query:
      'query Reviews { recentReviews(first: 5) { nodes { id rating author { name } product { name } } } }',
    owners: {
      recentReviews: ['reviews'],
      'recentReviews.nodes.author.name': ['accounts'],
      'recentReviews.nodes.product.name': ['catalog'],
    },
  },
  {
    name: 'Shop',
    query:
      'query Shop { products(first: 3) { nodes { name price { amount currency } inStock soldQuantity reviews(first: 3) { nodes { rating author { name } } } } } warehouses { code } }',
    owners: {
      products: ['catalog'],
      'products.nodes.inStock': ['inventory'],
      'products.nodes.soldQuantity': ['orders'],
      'products.nodes.reviews': ['reviews'],
      'products.nodes.reviews.nodes.author.name': ['accounts'],
      warehouses: ['inventory'],
    },
  },
];
