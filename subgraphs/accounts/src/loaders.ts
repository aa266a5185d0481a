import { loadById } from '@trellis/kit/load-by';
import { loadConnection } from '@trellis/kit/load-connection';
import type { RequestScope } from '@trellis/kit/request-scope';
import type { Kysely } from 'kysely';
import {
  countAddresses,
  selectAddressesById,
  selectAddressPages,
  selectDefaultAddresses,
  type AddressRow,
} from './addresses-table.ts';
import type { Tables } from './tables.ts';
import { selectUsersById, selectUsersByUsername } from './users-table.ts';

export type Loaders = ReturnType<typeof createLoaders>;

/** Every DataLoader of this service, for one request. */
export function createLoaders(request: RequestScope, database: Kysely<Tables>) {
  return {
    userById: loadById(request, {
      rows: (ids: readonly string[]) => selectUsersById(database, ids),
      key: (user) => user.id,
    }),
    userByUsername: loadById(request, {
      rows: (usernames: readonly string[]) => selectUsersByUsername(database, usernames),
      key: (user) => user.username,
    }),
    addressById: loadById(request, {
      rows: (ids: readonly string[]) => selectAddressesById(database, ids),
      key: (address) => address.id,
    }),
    defaultAddressOf: loadById(request, {
      rows: (userIds: readonly string[]) => selectDefaultAddresses(database, userIds),
      key: (address) => address.userId,
    }),
    addressesOf: loadConnection<AddressRow>(request, {
      pages: (userIds, page) => selectAddressPages(database, userIds, page),
      counts: (userIds) => countAddresses(database, userIds),
    }),
  };
}
