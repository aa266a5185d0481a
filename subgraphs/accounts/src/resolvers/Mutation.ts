import { makePayload } from '@trellis/kit/user-error';
import { addAddress } from '../add-address.ts';
import { changeRole } from '../change-role.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { removeAddress } from '../remove-address.ts';
import { updateProfile } from '../update-profile.ts';

export const Mutation: MutationResolvers = {
  updateProfile: async (_parent, { input }, { database, identity }) =>
    makePayload(await updateProfile(database, identity, input), (user) => ({ user })),

  addAddress: async (_parent, { input }, { database, identity }) =>
    makePayload(await addAddress(database, identity, input), (address) => ({ address })),

  removeAddress: async (_parent, { input }, { database, identity, load }) =>
    makePayload(await removeAddress(database, identity, input), async (address) => ({
      removedAddressId: address.id,
      user: await load.userById.load(address.userId),
    })),

  changeRole: async (_parent, { input }, { database, identity }) =>
    makePayload(await changeRole(database, identity, input), (user) => ({ user })),
};
