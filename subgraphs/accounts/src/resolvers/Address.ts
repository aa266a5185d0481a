import { mustExist, resolveReferenceBy } from '@trellis/kit/reference';
import type { AddressRow } from '../addresses-table.ts';
import type { Context } from '../context.ts';
import type { AddressResolvers } from '../generated/resolver-types.ts';

export const Address: AddressResolvers = {
  __resolveReference: resolveReferenceBy<Context, AddressRow>({
    fields: ['id'],
    find: ({ id = '' }, { load }) => load.addressById.load(id),
  }),
  owner: (address, _args, { load }) =>
    mustExist(load.userById.load(address.userId), 'User', address.userId),
};
