import type { Connection } from '@trellis/kit/connection';
import type { Page } from '@trellis/kit/page';
import { selectPagesByParent, type PagedRow, type PageOrder } from '@trellis/kit/select-page';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Tables, VariantsTable } from './tables.ts';

export type VariantRow = Selectable<VariantsTable>;
export type VariantPage = Connection<VariantRow>;

/** A variant as its product names it. */
export type VariantKey = { readonly productId: string; readonly code: string };

const asShown: PageOrder = { column: 'position', direction: 'asc' };

export function selectVariantsById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<VariantRow[]> {
  return database
    .selectFrom('variants')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

export async function selectVariantsByKey(
  database: Kysely<Tables>,
  keys: readonly VariantKey[],
): Promise<VariantRow[]> {
  const productIds = keys.map((key) => key.productId);
  const codes = keys.map((key) => key.code);
  const { rows } = await sql<VariantRow>`
    select variants.*
    from unnest(${productIds}::text[], ${codes}::text[]) as wanted(product_id, code)
    join variants using (product_id, code)`.execute(database);
  return rows;
}

export function selectVariantPages(
  database: Kysely<Tables>,
  productIds: readonly string[],
  page: Page,
): Promise<ReadonlyMap<string, readonly PagedRow<VariantRow>[]>> {
  return selectPagesByParent(database, {
    parents: productIds,
    from: (productId) =>
      database.selectFrom('variants').selectAll().where('productId', '=', productId),
    order: asShown,
    page,
  });
}

export function countVariants(
  database: Kysely<Tables>,
  productIds: readonly string[],
): Promise<{ parent: string; count: number }[]> {
  return database
    .selectFrom('variants')
    .select((query) => ['productId as parent', query.fn.countAll<number>().as('count')])
    .where('productId', '=', sql<string>`any(${productIds})`)
    .groupBy('productId')
    .execute();
}
