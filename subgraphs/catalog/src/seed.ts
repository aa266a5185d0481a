import { insertRows } from '@trellis/kit/insert-rows';
import type { FillTables } from '@trellis/kit/seed';
import { readAssortment } from './assortment.ts';
import { makeSampleProducts } from './sample-products.ts';

/** Fills the empty tables with the sample shop's categories, products and variants. */
export const seed: FillTables = async (client) => {
  const { categories, products, variants } = makeSampleProducts(readAssortment());
  await insertRows(client, 'categories', categories);
  await insertRows(client, 'products', products);
  await insertRows(client, 'variants', variants);
};
