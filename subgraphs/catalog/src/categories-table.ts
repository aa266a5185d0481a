import { sql, type Kysely, type Selectable } from 'kysely';
import type { CategoriesTable, Tables } from './tables.ts';

export type CategoryRow = Pick<Selectable<CategoriesTable>, 'id' | 'slug' | 'name' | 'parentId'>;

const columns = ['id', 'slug', 'name', 'parentId'] as const;

export function selectCategoriesById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<CategoryRow[]> {
  return database
    .selectFrom('categories')
    .select(columns)
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

export function selectCategoriesBySlug(
  database: Kysely<Tables>,
  slugs: readonly string[],
): Promise<CategoryRow[]> {
  return database
    .selectFrom('categories')
    .select(columns)
    .where('slug', '=', sql<string>`any(${slugs})`)
    .execute();
}

/** The roots of the tree, in their own order. */
export function selectRootCategories(database: Kysely<Tables>): Promise<CategoryRow[]> {
  return database
    .selectFrom('categories')
    .select(columns)
    .where('parentId', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

/** The children of many categories, each family in its own order. */
export function selectCategoriesByParent(
  database: Kysely<Tables>,
  parentIds: readonly string[],
): Promise<CategoryRow[]> {
  return database
    .selectFrom('categories')
    .select(columns)
    .where('parentId', '=', sql<string>`any(${parentIds})`)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

export interface AncestorRow extends CategoryRow {
  /** The category that this one is above of. */
  readonly descendantId: string;
}

/** What lies above many categories, each line from the root down to the parent. */
export async function selectAncestors(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<AncestorRow[]> {
  const { rows } = await sql<AncestorRow>`
    with recursive line as (
      select id as descendant_id, parent_id, 1 as distance
      from categories
      where id = any(${ids}) and parent_id is not null
      union all
      select line.descendant_id, above.parent_id, line.distance + 1
      from line
      join categories as above on above.id = line.parent_id
      where above.parent_id is not null
    )
    select line.descendant_id, above.id, above.slug, above.name, above.parent_id
    from line
    join categories as above on above.id = line.parent_id
    order by line.descendant_id, line.distance desc`.execute(database);
  return rows;
}
