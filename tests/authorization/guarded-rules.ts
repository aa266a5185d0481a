import { anonymous, type Identity } from '@trellis/platform/identity';
import {
  allow,
  and,
  chain,
  deny,
  not,
  or,
  race,
  rule,
  type RuleTree,
} from '@trellis/gateway/shield';

interface Context {
  readonly identity: Identity;
}
type Ids = { readonly id: string; readonly region?: string };

const signedIn = rule('signedIn', { cache: 'contextual' })(
  async (_p: unknown, _a: unknown, { identity }: Context) => identity.kind !== 'anonymous',
);
const hasRole = (role: string) =>
  rule(`is ${role}`, { cache: 'contextual' })((_p: unknown, _a: unknown, { identity }: Context) =>
    identity.roles.includes(role),
  );
const isAdmin = hasRole('ADMIN');
const isSupport = hasRole('SUPPORT');
const hasReason = rule('hasReason', { cache: 'contextual' })(
  (_p: unknown, _a: unknown, { identity }: Context) =>
    identity.roles.includes('ADMIN') || new Error('for admins'),
);
const isSelf = rule('isSelf', { cache: 'strict', fragment: 'fragment Self on User { id }' })(
  ({ id }: Ids, _a: unknown, { identity }: Context) => identity.subject === id,
);
const isOwner = rule('isOwner', {
  cache: 'strict',
  fragment: 'fragment Owner on Order { owner { id } }',
})(
  async ({ owner }: { owner: Ids }, _a: unknown, { identity }: Context) =>
    identity.subject === owner.id,
);
const isPayer = rule('isPayer', { fragment: 'fragment Payer on Payment { payer { id region } }' })(
  ({ payer }: { payer: Ids }, _a: unknown, { identity }: Context) =>
    identity.subject === payer.id || identity.attributes['region'] === payer.region,
);
const isNeighbour = rule('isNeighbour', {
  cache: 'strict',
  fragment: 'fragment Near on Order { owner { region } }',
})(
  ({ owner }: { owner: Ids }, _a: unknown, { identity }: Context) =>
    identity.attributes['region'] === owner.region,
);
const asksEuro = rule('asksEuro')(
  (_p: unknown, { currency }: { currency: string }) => currency === 'EUR' || 'only euros',
);
const asksOwn = rule('asksOwn', { cache: 'strict' })(
  (_p: unknown, { id }: Ids, { identity }: Context) => identity.subject === id,
);
const throws = rule('throws', { cache: 'contextual' })(() => {
  throw new Error('CANARY-thrown');
});

/** Several trees, so that rules meet in every way: on roots and below, early and late, on nullable fields and others. */
export const trees: readonly RuleTree[] = [
  {
    Query: { user: or(isAdmin, asksOwn), users: signedIn },
    Mutation: { rename: signedIn, erase: isAdmin, settle: signedIn },
    User: {
      email: or(isSupport, isSelf),
      rank: signedIn,
      orders: or(isSupport, isSelf),
      likes: isSelf,
      badge: or(isSupport, isSelf),
    },
    Order: {
      note: or(isSupport, isOwner, isNeighbour),
      payments: or(isAdmin, isOwner),
      risk: or(isAdmin, isOwner),
    },
    Card: { digits: isPayer, label: isPayer },
  },
  {
    Mutation: { '*': chain(signedIn, not(isSupport)) },
    User: { '*': signedIn, email: and(signedIn, isSelf), id: allow, name: allow },
    Order: {
      total: or(isAdmin, isNeighbour),
      price: chain(signedIn, asksEuro),
      owner: isOwner,
      parcels: or(isSupport, isNeighbour),
    },
    Card: { '*': race(isAdmin, isPayer), id: allow },
    Cash: { label: hasReason, till: throws },
  },
  {
    Query: { orders: signedIn, payments: hasReason, grid: or(isSupport, signedIn) },
    Mutation: { ship: isAdmin, settle: hasReason },
    User: { friend: not(isSelf, 'not your own'), email: deny, region: race(isAdmin, isSelf) },
    Order: and(signedIn, or(isSupport, isOwner)),
    Cash: { amount: and(isSupport, isPayer), payer: isPayer },
    Card: { payer: or(throws, isPayer) },
  },
];

const user = (subject: string, roles: readonly string[], region: string): Identity => ({
  ...anonymous,
  kind: 'user',
  subject,
  roles,
  attributes: { region },
});

export const identities: readonly Identity[] = [
  anonymous,
  user('u1', [], 'north'),
  user('u2', ['SUPPORT'], 'south'),
  user('u3', [], 'elsewhere'),
  user('root', ['ADMIN'], 'south'),
  { ...anonymous, kind: 'service', subject: 'robot', roles: ['SUPPORT', 'ADMIN'] },
];
