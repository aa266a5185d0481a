import type { Connection } from '@trellis/kit/connection';
import type { Page } from '@trellis/kit/page';
import { selectPagesByParent, type PagedRow, type PageOrder } from '@trellis/kit/select-page';
import { sql, type Insertable, type Kysely, type Selectable } from 'kysely';
import type { AddressesTable, Tables } from './tables.ts';

export type AddressRow = Selectable<AddressesTable>;
export type AddressPage = Connection<AddressRow>;

const byAddition: PageOrder = { column: 'addedAt', direction: 'asc' };

export function selectAddressesById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<AddressRow[]> {
  return database
    .selectFrom('addresses')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

export function selectDefaultAddresses(
  database: Kysely<Tables>,
  userIds: readonly string[],
): Promise<AddressRow[]> {
  return database
    .selectFrom('addresses')
    .selectAll()
    .where('userId', '=', sql<string>`any(${userIds})`)
    .where('isDefault', '=', true)
    .execute();
}

export function selectAddressPages(
  database: Kysely<Tables>,
  userIds: readonly string[],
  page: Page,
): Promise<ReadonlyMap<string, readonly PagedRow<AddressRow>[]>> {
  return selectPagesByParent(database, {
    parents: userIds,
    from: (userId) => database.selectFrom('addresses').selectAll().where('userId', '=', userId),
    order: byAddition,
    page,
  });
}

export function countAddresses(
  database: Kysely<Tables>,
  userIds: readonly string[],
): Promise<{ parent: string; count: number }[]> {
  return database
    .selectFrom('addresses')
    .select((query) => ['userId as parent', query.fn.countAll<number>().as('count')])
    .where('userId', '=', sql<string>`any(${userIds})`)
    .groupBy('userId')
    .execute();
}

export function insertAddress(
  database: Kysely<Tables>,
  address: Insertable<AddressesTable>,
): Promise<AddressRow> {
  return database.insertInto('addresses').values(address).returningAll().executeTakeFirstOrThrow();
}

/** Makes room for another default address. */
export async function unsetDefaultAddress(database: Kysely<Tables>, userId: string): Promise<void> {
  await database
    .updateTable('addresses')
    .set({ isDefault: false })
    .where('userId', '=', userId)
    .where('isDefault', '=', true)
    .execute();
}

/** @returns the removed address; undefined when that user has none of that id */
export function deleteAddress(
  database: Kysely<Tables>,
  userId: string,
  addressId: string,
): Promise<AddressRow | undefined> {
  return database
    .deleteFrom('addresses')
    .where('id', '=', addressId)
    .where('userId', '=', userId)
    .returningAll()
    .executeTakeFirst();
}
