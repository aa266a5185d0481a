import { describe, expect, test } from '@jest/globals';
import { seededProduct } from '@trellis/kit/seeded-shop';
import { leavesOf, readAssortment } from './assortment.ts';
import { makeSampleProducts } from './sample-products.ts';

const assortment = readAssortment();
const { categories, products, variants } = makeSampleProducts(assortment);

describe('makeSampleProducts', () => {
  test('makes the same rows every time', () => {
    expect(makeSampleProducts(readAssortment())).toEqual({ categories, products, variants });
  });

  test('fills every category of the lowest level, and no two products of one are called alike', () => {
    const leaves = new Set(leavesOf(assortment).map(({ slug }) => slug));
    const slugs = new Map(categories.map(({ id, slug }) => [id, slug]));
    const used = new Set(products.map((product) => slugs.get(product.category_id)));
    expect(used).toEqual(leaves);
    const names = new Set(products.map((product) => `${product.category_id} ${product.name}`));
    expect(names.size).toBe(products.length);
  });

  test('keeps to the facts that other services state, too', () => {
    products.forEach((product, index) => {
      const { id, sku, kind, priceAmount, weightGrams, addedAt } = seededProduct(index);
      expect(product).toMatchObject({
        id,
        sku,
        kind,
        price_amount: priceAmount,
        weight_grams: weightGrams,
        added_at: addedAt,
      });
    });
  });

  test('gives each product one to five variants with codes of their own', () => {
    const byProduct = new Map<string, typeof variants>();
    for (const variant of variants) {
      byProduct.set(variant.product_id, [...(byProduct.get(variant.product_id) ?? []), variant]);
    }
    expect(byProduct.size).toBe(products.length);
    for (const own of byProduct.values()) {
      expect(own.length).toBeLessThanOrEqual(5);
      expect(new Set(own.map(({ code }) => code)).size).toBe(own.length);
      expect(own[0]?.surcharge_amount).toBe(0);
    }
  });
});
