// Who may see what in this shop: the one file to read for a review. The rules are graphql-shield's, enforced on the query
// plan (docs/authorization.md). What is not named here is public: the catalog, reviews, usernames, warehouses.
import type { RuleContext } from '@trellis/gateway/rule-context';
import { deny, or, rule, shield, type Permissions } from '@trellis/gateway/shield';

function hasRole(...roles: readonly string[]) {
  return rule(`hasRole(${roles.join()})`, { cache: 'contextual' })(
    (_parent: unknown, _args: unknown, { identity }: RuleContext) =>
      identity.roles.some((role) => roles.includes(role)),
  );
}

function hasScope(scope: string) {
  return rule(`hasScope(${scope})`, { cache: 'contextual' })(
    (_parent: unknown, _args: unknown, { identity }: RuleContext) =>
      identity.scopes.includes(scope),
  );
}

const isSignedIn = rule('isSignedIn', { cache: 'contextual' })(
  (_parent: unknown, _args: unknown, { identity }: RuleContext) => identity.kind !== 'anonymous',
);

const isAdmin = hasRole('ADMIN');
const isSupport = hasRole('SUPPORT', 'ADMIN');
const isStaff = hasRole('SUPPORT', 'WAREHOUSE', 'ADMIN');
const managesStock = or(hasRole('WAREHOUSE', 'ADMIN'), hasScope('stock:write'));
const managesCatalog = or(isAdmin, hasScope('catalog:write'));
const managesPayments = or(isSupport, hasScope('payments:write'));
const reconciles = hasScope('payments:reconcile');

/** The user of a `User` object is the caller. */
const isSelf = rule('isSelf', { cache: 'strict', fragment: 'fragment IsSelf on User { id }' })(
  ({ id }: { id: string }, _args: unknown, { identity }: RuleContext) => identity.subject === id,
);

/** The caller placed the order. Who placed it is asked of the orders service, wherever the order was reached from. */
const isCustomer = rule('isCustomer', {
  cache: 'strict',
  fragment: 'fragment IsCustomer on Order { customer { id } }',
})(
  (order: { customer: { id: string } | null }, _args: unknown, { identity }: RuleContext) =>
    identity.kind === 'user' && identity.subject === order.customer?.id,
);

const isPayer = rule('isPayer', {
  cache: 'strict',
  fragment: 'fragment IsPayer on Payment { payer { id } }',
})(
  (payment: { payer: { id: string } | null }, _args: unknown, { identity }: RuleContext) =>
    identity.kind === 'user' && identity.subject === payment.payer?.id,
);

/** Warehouse staff works for one region. */
const isInOwnRegion = rule('isInOwnRegion', {
  cache: 'strict',
  fragment: 'fragment InRegion on Shipment { region }',
})(
  ({ region }: { region: string }, _args: unknown, { identity }: RuleContext) =>
    identity.roles.includes('WAREHOUSE') && identity.attributes['region'] === region,
);

/** A shipment belongs to whoever its order belongs to. */
const isOwnShipment = rule('isOwnShipment', {
  cache: 'strict',
  fragment: 'fragment OwnShipment on Shipment { order { customer { id } } }',
})(
  (
    { order }: { order: { customer: { id: string } | null } | null },
    _args: unknown,
    { identity }: RuleContext,
  ) => identity.kind === 'user' && identity.subject === order?.customer?.id,
);

/** Warehouse staff lists the shipments of its region, and must ask for it. */
const asksOwnRegion = rule('asksOwnRegion', { cache: 'strict' })(
  (_parent: unknown, { region }: { region?: string }, { identity }: RuleContext) =>
    identity.roles.includes('WAREHOUSE') &&
    region !== undefined &&
    identity.attributes['region'] === region,
);

const ownOrSupport = or(isSupport, isCustomer);
const ownOrderOrStaff = or(isStaff, isCustomer);
const seesShipment = or(isSupport, isInOwnRegion, isOwnShipment);

// A single payment or shipment is judged by its fields below, and by its service.
export const permissions: Permissions = shield({
  Query: {
    users: isSupport,
    orders: isStaff,
    payments: isSupport,
    shipments: or(isSupport, asksOwnRegion),
    lowStock: isStaff,
  },
  Mutation: {
    '*': deny,
    updateProfile: isSignedIn,
    addAddress: isSignedIn,
    removeAddress: isSignedIn,
    changeRole: isAdmin,
    addReview: isSignedIn,
    editReview: isSignedIn,
    deleteReview: isSignedIn,
    placeOrder: isSignedIn,
    cancelOrder: isSignedIn,
    authorizePayment: isSignedIn,
    capturePayment: managesPayments,
    refundPayment: managesPayments,
    createShipment: managesStock,
    recordTrackingEvent: managesStock,
    adjustStock: managesStock,
    changePrice: managesCatalog,
    renameProduct: managesCatalog,
  },
  User: {
    email: or(isSupport, isSelf),
    addresses: or(isSupport, isSelf),
    defaultAddress: or(isSupport, isSelf),
    orders: or(isSupport, isSelf),
    orderCount: or(isSupport, isSelf),
    paymentMethods: or(reconciles, isSelf),
  },
  Order: {
    customer: ownOrSupport,
    lines: ownOrderOrStaff,
    total: ownOrSupport,
    history: ownOrderOrStaff,
    payments: ownOrSupport,
    isPaid: ownOrSupport,
    shipments: ownOrderOrStaff,
  },
  Payment: {
    payer: or(isSupport, isPayer),
    order: or(isSupport, isPayer),
    amount: or(isSupport, isPayer),
    refunded: or(isSupport, isPayer),
    refunds: or(isSupport, isPayer),
    method: or(reconciles, isPayer),
  },
  Shipment: {
    trackingNumber: seesShipment,
    carrier: seesShipment,
    status: seesShipment,
    region: seesShipment,
    createdAt: seesShipment,
    deliveredAt: seesShipment,
    order: seesShipment,
    warehouse: seesShipment,
    trackingEvents: seesShipment,
  },
  PhysicalProduct: { stockLevels: isStaff },
  DigitalProduct: { stockLevels: isStaff },
  Warehouse: { stockLevels: isStaff },
});
