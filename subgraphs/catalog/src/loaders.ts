import { loadByForeignKey, loadById } from '@trellis/kit/load-by';
import { loadConnection } from '@trellis/kit/load-connection';
import type { RequestScope } from '@trellis/kit/request-scope';
import type { Kysely } from 'kysely';
import {
  selectAncestors,
  selectCategoriesById,
  selectCategoriesByParent,
  selectCategoriesBySlug,
} from './categories-table.ts';
import {
  countProductsByCategory,
  selectProductPagesByCategory,
  selectProductsById,
  selectProductsBySku,
  type ProductRow,
} from './products-table.ts';
import type { Tables } from './tables.ts';
import {
  countVariants,
  selectVariantPages,
  selectVariantsById,
  selectVariantsByKey,
  type VariantKey,
  type VariantRow,
} from './variants-table.ts';

export type Loaders = ReturnType<typeof createLoaders>;

/** Every DataLoader of this service, for one request. */
export function createLoaders(request: RequestScope, database: Kysely<Tables>) {
  return {
    productById: loadById(request, {
      rows: (ids: readonly string[]) => selectProductsById(database, ids),
      key: (product) => product.id,
    }),
    productBySku: loadById(request, {
      rows: (skus: readonly string[]) => selectProductsBySku(database, skus),
      key: (product) => product.sku,
    }),
    productsBelow: loadConnection<ProductRow>(request, {
      pages: (categoryIds, page) => selectProductPagesByCategory(database, categoryIds, page),
      counts: (categoryIds) => countProductsByCategory(database, categoryIds),
    }),
    variantById: loadById(request, {
      rows: (ids: readonly string[]) => selectVariantsById(database, ids),
      key: (variant) => variant.id,
    }),
    variantByKey: loadById(request, {
      rows: (keys: readonly VariantKey[]) => selectVariantsByKey(database, keys),
      key: ({ productId, code }) => ({ productId, code }),
    }),
    variantsOf: loadConnection<VariantRow>(request, {
      pages: (productIds, page) => selectVariantPages(database, productIds, page),
      counts: (productIds) => countVariants(database, productIds),
    }),
    categoryById: loadById(request, {
      rows: (ids: readonly string[]) => selectCategoriesById(database, ids),
      key: (category) => category.id,
    }),
    categoryBySlug: loadById(request, {
      rows: (slugs: readonly string[]) => selectCategoriesBySlug(database, slugs),
      key: (category) => category.slug,
    }),
    childrenOf: loadByForeignKey(request, {
      rows: (parentIds: readonly string[]) => selectCategoriesByParent(database, parentIds),
      key: (category) => category.parentId ?? '',
    }),
    ancestorsOf: loadByForeignKey(request, {
      rows: (ids: readonly string[]) => selectAncestors(database, ids),
      key: (ancestor) => ancestor.descendantId,
    }),
  };
}
