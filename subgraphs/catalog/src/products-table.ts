import type { Connection } from '@trellis/kit/connection';
import type { Page } from '@trellis/kit/page';
import {
  selectPage,
  selectPagesByParent,
  type PagedRow,
  type PageOrder,
} from '@trellis/kit/select-page';
import {
  sql,
  type Expression,
  type ExpressionBuilder,
  type Kysely,
  type RawBuilder,
  type Selectable,
  type SqlBool,
} from 'kysely';
import type { ProductKind, ProductsTable, Tables } from './tables.ts';

export type ProductRow = Selectable<ProductsTable>;
export type ProductPage = Connection<ProductRow>;

/** Which products a list shows; no wish means all. Prices are in the smallest unit, both ends included. */
export interface ProductFilter {
  /** Of this category and all below it. */
  readonly categorySlug?: string | null | undefined;
  readonly minPrice?: number | null | undefined;
  readonly maxPrice?: number | null | undefined;
  readonly kind?: ProductKind | null | undefined;
}

// All but the search text, which is large and nobody's answer.
const columns = [
  'id',
  'sku',
  'kind',
  'name',
  'description',
  'priceAmount',
  'priceCurrency',
  'categoryId',
  'addedAt',
  'weightGrams',
  'widthMillimetres',
  'heightMillimetres',
  'depthMillimetres',
  'downloadUrl',
  'downloadMegabytes',
] as const;

const newestFirst: PageOrder = { column: 'addedAt', direction: 'desc' };

export function selectProductsById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<ProductRow[]> {
  return database
    .selectFrom('products')
    .select(columns)
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

export function selectProductsBySku(
  database: Kysely<Tables>,
  skus: readonly string[],
): Promise<ProductRow[]> {
  return database
    .selectFrom('products')
    .select(columns)
    .where('sku', '=', sql<string>`any(${skus})`)
    .execute();
}

export function selectProductPage(
  database: Kysely<Tables>,
  page: Page,
  filter: ProductFilter,
): Promise<readonly PagedRow<ProductRow>[]> {
  const from = database
    .selectFrom('products')
    .select(columns)
    .where((query) => passesFilter(query, filter));
  return selectPage(database, { from, order: newestFirst, page });
}

export async function countProducts(
  database: Kysely<Tables>,
  filter: ProductFilter,
): Promise<number> {
  const { count } = await database
    .selectFrom('products')
    .select((query) => query.fn.countAll<number>().as('count'))
    .where((query) => passesFilter(query, filter))
    .executeTakeFirstOrThrow();
  return count;
}

/** The same page of the products of many categories, those of all categories below included. */
export function selectProductPagesByCategory(
  database: Kysely<Tables>,
  categoryIds: readonly string[],
  page: Page,
): Promise<ReadonlyMap<string, readonly PagedRow<ProductRow>[]>> {
  return selectPagesByParent(database, {
    parents: categoryIds,
    from: (categoryId) =>
      database
        .selectFrom('products')
        .select(columns)
        .where('categoryId', 'in', categoryAndBelow(sql`id = ${categoryId}`)),
    order: newestFirst,
    page,
  });
}

export async function countProductsByCategory(
  database: Kysely<Tables>,
  categoryIds: readonly string[],
): Promise<{ parent: string; count: number }[]> {
  const { rows } = await sql<{ parent: string; count: number }>`
    with recursive below as (
      select id as parent, id from categories where id = any(${categoryIds})
      union all
      select below.parent, child.id
      from below
      join categories as child on child.parent_id = below.id
    )
    select below.parent, count(*) as count
    from below
    join products on products.category_id = below.id
    group by below.parent`.execute(database);
  return rows;
}

/** @returns the changed product; undefined when there is none of that id */
export function updateProduct(
  database: Kysely<Tables>,
  id: string,
  change: Partial<Pick<ProductRow, 'name' | 'priceAmount'>>,
): Promise<ProductRow | undefined> {
  return database
    .updateTable('products')
    .set(change)
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirst();
}

function passesFilter(
  query: ExpressionBuilder<Tables, 'products'>,
  { categorySlug, minPrice, maxPrice, kind }: ProductFilter,
): Expression<SqlBool> {
  const conditions: Expression<SqlBool>[] = [];
  if (typeof categorySlug === 'string') {
    conditions.push(query('categoryId', 'in', categoryAndBelow(sql`slug = ${categorySlug}`)));
  }
  if (typeof minPrice === 'number') conditions.push(query('priceAmount', '>=', minPrice));
  if (typeof maxPrice === 'number') conditions.push(query('priceAmount', '<=', maxPrice));
  if (kind) conditions.push(query('kind', '=', kind));
  return query.and(conditions);
}

/** @param isTop which category to begin with: a condition on the columns of `categories` */
function categoryAndBelow(isTop: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`(
    with recursive below as (
      select id from categories where ${isTop}
      union all
      select child.id from below join categories as child on child.parent_id = below.id
    )
    select id from below)`;
}
