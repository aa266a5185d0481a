import type { Entity, LimitProduct, LimitReview, LimitUser, Post, SubgraphAnswer } from './post.ts';

const reviewsBelow = 'reviews { id body product { upc } }';
const fromAccounts = query('{ users { id username name } }');
const fromProducts = query('{ topProducts { upc name price weight } }');
const reviewsQuery = entitiesQuery(
  `... on User { reviews { id body product { upc reviews { id body author { id username ${reviewsBelow} } } } } }
   ... on Product { reviews { id body author { id username ${reviewsBelow} } } }`,
);
const productQuery = entitiesQuery('... on Product { name price weight }');
const stockQuery = entitiesQuery('... on Product { inStock shippingEstimate }');
const nameQuery = entitiesQuery('... on User { name }');

/**
 * The heavy query by hand, in seven calls: both roots; reviews of both roots in one call, and the stock of the top
 * products; products and names met in the reviews; their stock. Every entity is asked for once.
 */
export async function runHeavyPlan(post: Post, caller: string | undefined): Promise<string> {
  const call = (subgraph: string, body: string): Promise<SubgraphAnswer> =>
    post({ subgraph, body, caller });
  const [accounts, products] = await Promise.all([
    call('accounts', fromAccounts),
    call('products', fromProducts),
  ]);
  const users = accounts.data.users ?? [];
  const topProducts = products.data.topProducts ?? [];
  const [reviews, topStock] = await Promise.all([
    call('reviews', reviewsQuery([...users.map(userKey), ...topProducts.map(productKey)])),
    call('inventory', stockQuery(topProducts.map(stockKey))),
  ]);
  const reviewed = reviews.data._entities ?? [];
  const found = new FoundEntities(reviewed);
  const [foundProducts, foundNames] = await Promise.all([
    call('products', productQuery([...found.products.keys()].map((upc) => productKey({ upc })))),
    call('accounts', nameQuery([...found.users.keys()].map((id) => userKey({ id })))),
  ]);
  fill(found.products, foundProducts);
  fill(found.users, foundNames);
  const keys = [...found.products].map(([upc, product]) => stockKey({ ...product, upc }));
  fill(found.products, await call('inventory', stockQuery(keys)));
  return JSON.stringify({
    data: {
      users: users.map((user, index) => mergeUser(user, reviewed[index], found)),
      topProducts: topProducts.map((product, index) => {
        const stock = topStock.data._entities?.[index];
        return mergeTopProduct(
          product,
          { ...stock, reviews: reviewed[users.length + index]?.reviews ?? [] },
          found,
        );
      }),
    },
  });
}

/** The entities that reviews mention, each once. */
class FoundEntities {
  readonly products = new Map<string, Entity>();
  readonly users = new Map<string, Entity>();

  constructor(entities: readonly Entity[]) {
    for (const { reviews } of entities) this.#collect(reviews);
  }

  #collect(reviews: readonly LimitReview[] | undefined): void {
    if (reviews === undefined) return;
    for (const { product, author } of reviews) {
      if (product !== undefined) {
        if (!this.products.has(product.upc)) this.products.set(product.upc, {});
        this.#collect(product.reviews);
      }
      if (author !== undefined) {
        if (!this.users.has(author.id)) this.users.set(author.id, {});
        this.#collect(author.reviews);
      }
    }
  }
}

function fill(found: Map<string, Entity>, answer: SubgraphAnswer): void {
  let index = 0;
  for (const entity of found.values()) Object.assign(entity, answer.data._entities?.[index++]);
}

// Answers may be shared between requests, so merging builds new objects and writes to none that was parsed.

function mergeUser(user: LimitUser, reviewed: Entity | undefined, found: FoundEntities): LimitUser {
  return {
    id: user.id,
    username: user.username,
    name: user.name ?? '',
    reviews: mergeReviews(reviewed?.reviews, found),
  };
}

function mergeTopProduct(product: LimitProduct, more: Entity, found: FoundEntities): LimitProduct {
  return {
    ...mergeProduct(product.upc, { ...product, ...more }),
    reviews: mergeReviews(more.reviews, found),
  };
}

function mergeReviews(
  reviews: readonly LimitReview[] | undefined,
  found: FoundEntities,
): LimitReview[] {
  return (reviews ?? []).map(({ id, body, product, author }) => {
    const review: LimitReview = { id, body };
    if (product !== undefined) {
      const merged = mergeProduct(product.upc, found.products.get(product.upc) ?? {});
      if (product.reviews !== undefined) merged.reviews = mergeReviews(product.reviews, found);
      review.product = merged;
    }
    if (author !== undefined) {
      review.author = {
        id: author.id,
        username: author.username,
        name: found.users.get(author.id)?.name ?? '',
        reviews: mergeReviews(author.reviews, found),
      };
    }
    return review;
  });
}

function mergeProduct(upc: string, entity: Entity): LimitProduct {
  return {
    inStock: entity.inStock ?? null,
    name: entity.name ?? '',
    price: entity.price ?? 0,
    shippingEstimate: entity.shippingEstimate ?? null,
    upc,
    weight: entity.weight ?? 0,
  };
}

function query(text: string): string {
  return JSON.stringify({ query: text });
}

function entitiesQuery(selection: string): (representations: readonly object[]) => string {
  const text = `query($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`;
  const start = `{"query":${JSON.stringify(text)},"variables":{"representations":`;
  return (representations) => `${start}${JSON.stringify(representations)}}}`;
}

function userKey({ id }: { readonly id: string }): object {
  return { __typename: 'User', id };
}

function productKey({ upc }: { readonly upc: string }): object {
  return { __typename: 'Product', upc };
}

function stockKey({ upc, price, weight }: Entity): object {
  return { __typename: 'Product', upc, price, weight };
}
