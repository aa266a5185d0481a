import { makeConnection } from '@trellis/kit/connection';
import { exactlyOne } from '@trellis/kit/exactly-one';
import { readPage } from '@trellis/kit/page';
import { badInput } from '@trellis/kit/user-input-error';
import { selectRootCategories } from '../categories-table.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { countProducts, selectProductPage, type ProductFilter } from '../products-table.ts';
import { readSearchText } from '../read-search-text.ts';
import { countMatches, selectMatchPage } from '../search-matches.ts';

export const Query: QueryResolvers = {
  product: (_parent, { id, sku }, { load }) => {
    const { name, value } = exactlyOne({ id, sku });
    return name === 'id' ? load.productById.load(value) : load.productBySku.load(value);
  },

  products: async (_parent, { filter, ...args }, { database }) => {
    const page = readPage(args);
    const wanted = filter ?? {};
    assertPriceRange(wanted);
    const rows = await selectProductPage(database, page, wanted);
    return makeConnection(page, rows, () => countProducts(database, wanted));
  },

  category: (_parent, { id, slug }, { load }) => {
    const { name, value } = exactlyOne({ id, slug });
    return name === 'id' ? load.categoryById.load(value) : load.categoryBySlug.load(value);
  },

  categories: (_parent, _args, { database }) => selectRootCategories(database),

  search: async (_parent, { text, ...args }, { database }) => {
    const page = readPage(args);
    const wanted = readSearchText(text);
    const rows = await selectMatchPage(database, wanted, page);
    return makeConnection(page, rows, () => countMatches(database, wanted));
  },
};

function assertPriceRange({ minPrice, maxPrice }: ProductFilter): void {
  if (typeof minPrice === 'number' && typeof maxPrice === 'number' && minPrice > maxPrice) {
    throw badInput(
      `\`filter.minPrice\` is ${minPrice}, but must not be above \`filter.maxPrice\`, which is ${maxPrice}.`,
    );
  }
}
