import type { Connection } from '@trellis/kit/connection';
import type { Page } from '@trellis/kit/page';
import { selectPage, type PagedRow, type PageOrder } from '@trellis/kit/select-page';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Role, Tables, UsersTable } from './tables.ts';

export type UserRow = Selectable<UsersTable>;
export type UserPage = Connection<UserRow>;
export type UserFilter = { readonly role?: Role | undefined };

const byRegistration: PageOrder = { column: 'registeredAt', direction: 'asc' };

export function selectUsersById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<UserRow[]> {
  return database
    .selectFrom('users')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

export function selectUsersByUsername(
  database: Kysely<Tables>,
  usernames: readonly string[],
): Promise<UserRow[]> {
  return database
    .selectFrom('users')
    .selectAll()
    .where('username', '=', sql<string>`any(${usernames})`)
    .execute();
}

export function selectUserPage(
  database: Kysely<Tables>,
  page: Page,
  { role }: UserFilter,
): Promise<readonly PagedRow<UserRow>[]> {
  const from = database
    .selectFrom('users')
    .selectAll()
    .$if(role !== undefined, (query) => query.where('role', '=', role as Role));
  return selectPage(database, { from, order: byRegistration, page });
}

export async function countUsers(database: Kysely<Tables>, { role }: UserFilter): Promise<number> {
  const { count } = await database
    .selectFrom('users')
    .select((query) => query.fn.countAll<number>().as('count'))
    .$if(role !== undefined, (query) => query.where('role', '=', role as Role))
    .executeTakeFirstOrThrow();
  return count;
}

/** @returns the changed user; undefined when there is none of that id */
export function updateUser(
  database: Kysely<Tables>,
  id: string,
  change: Partial<Pick<UserRow, 'name' | 'email' | 'role'>>,
): Promise<UserRow | undefined> {
  return database
    .updateTable('users')
    .set(change)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}
