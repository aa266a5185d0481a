import { sql, type Kysely, type Selectable } from 'kysely';
import type { KnownProductsTable, Tables } from './tables.ts';

export type KnownProductRow = Selectable<KnownProductsTable>;

export function selectKnownProducts(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<KnownProductRow[]> {
  return database
    .selectFrom('knownProducts')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}
