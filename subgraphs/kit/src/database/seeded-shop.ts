import { seedId } from './seed-id.ts';
import { createSeedRandom, type SeedRandom } from './seed-random.ts';

/**
 * The facts of the example shop that more than one service states: who ordered what for how much, and when it
 * left from where. Services never ask each other for them while seeding; each computes what it needs here.
 */

/** How many of each there are. Indexes run from 0. */
export const seededCounts = {
  users: 1_000,
  products: 2_000,
  reviews: 20_000,
  orders: 10_000,
  warehouses: 5,
} as const;

/** All amounts of the shop are in this currency, in its smallest unit. */
export const seededCurrency = 'EUR';
/** The moment the seeds were "taken": nothing in them is later. */
export const seededNow = new Date('2026-11-01T00:00:00Z');

export type SeededRegion = 'APAC' | 'EU_CENTRAL' | 'EU_NORTH' | 'NA_EAST' | 'NA_WEST';

export interface SeededWarehouse {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly region: SeededRegion;
}

const warehouses: readonly Omit<SeededWarehouse, 'id'>[] = [
  { code: 'FRA1', name: 'Frankfurt', region: 'EU_CENTRAL' },
  { code: 'STO1', name: 'Stockholm', region: 'EU_NORTH' },
  { code: 'EWR1', name: 'Newark', region: 'NA_EAST' },
  { code: 'SEA1', name: 'Seattle', region: 'NA_WEST' },
  { code: 'SIN1', name: 'Singapore', region: 'APAC' },
];

/** The five warehouses, one per region. */
export const seededWarehouses: readonly SeededWarehouse[] = warehouses.map((warehouse, index) => ({
  id: seedId('warehouse', index),
  ...warehouse,
}));

/** Ten thousand orders name the same two thousand products. */
function rememberByIndex<Thing>(make: (index: number) => Thing): (index: number) => Thing {
  const made = new Map<number, Thing>();
  return (index) => {
    let thing = made.get(index);
    if (thing === undefined) made.set(index, (thing = make(index)));
    return thing;
  };
}

export interface SeededUser {
  readonly id: string;
  readonly role: 'CUSTOMER' | 'SUPPORT' | 'WAREHOUSE' | 'ADMIN';
  readonly region: SeededRegion;
  readonly registeredAt: Date;
}

/** User 0 is an ADMIN, 1 and 2 are SUPPORT, 3 and 4 WAREHOUSE; all others buy. */
export const seededUser = rememberByIndex(makeUser);

function makeUser(index: number): SeededUser {
  const random = createSeedRandom(`user ${index}`);
  const region = random.weighted<SeededRegion>([
    ['EU_CENTRAL', 35],
    ['EU_NORTH', 15],
    ['NA_EAST', 20],
    ['NA_WEST', 15],
    ['APAC', 15],
  ]);
  const staff = ['ADMIN', 'SUPPORT', 'SUPPORT', 'WAREHOUSE', 'WAREHOUSE'] as const;
  return {
    id: seedId('user', index),
    role: staff[index] ?? 'CUSTOMER',
    region,
    registeredAt: random.date(new Date('2022-01-01T00:00:00Z'), new Date('2024-01-01T00:00:00Z')),
  };
}

export interface SeededProduct {
  readonly id: string;
  readonly sku: string;
  readonly kind: 'PHYSICAL' | 'DIGITAL';
  /** In the smallest unit of `seededCurrency`. */
  readonly priceAmount: number;
  /** null for what is downloaded. */
  readonly weightGrams: number | null;
  readonly addedAt: Date;
}

/** One product in ten is downloaded. */
export const seededProduct = rememberByIndex(makeProduct);

function makeProduct(index: number): SeededProduct {
  const random = createSeedRandom(`product ${index}`);
  const kind = index % 10 === 9 ? 'DIGITAL' : 'PHYSICAL';
  // Most things are cheap: the square of an even spread, from 3.49 to about 600.
  const euros = 3 + Math.floor(random.number() ** 2 * 600);
  return {
    id: seedId('product', index),
    sku: `SKU-${String(index + 1).padStart(5, '0')}`,
    kind,
    priceAmount: euros * 100 + random.pick([49, 90, 95, 99]),
    // Most things are light: each doubling of the weight is as likely as the next, from 50 g to 8 kg.
    weightGrams: kind === 'DIGITAL' ? null : Math.round(5 * 160 ** random.number()) * 10,
    addedAt: random.date(new Date('2021-01-01T00:00:00Z'), new Date('2024-01-01T00:00:00Z')),
  };
}

export type SeededOrderStatus =
  'PLACED' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'RETURNED' | 'CANCELLED';

export interface SeededOrderLine {
  readonly id: string;
  readonly productIndex: number;
  readonly productId: string;
  readonly quantity: number;
  readonly unitPriceAmount: number;
}

export interface SeededOrder {
  readonly id: string;
  /** Such as `T-000123`. */
  readonly number: string;
  readonly customerIndex: number;
  readonly customerId: string;
  readonly placedAt: Date;
  readonly shippingMethod: 'EXPRESS' | 'STANDARD';
  readonly status: SeededOrderStatus;
  /** What happened, oldest first; the last one is `status`. */
  readonly history: readonly { readonly status: SeededOrderStatus; readonly changedAt: Date }[];
  readonly lines: readonly SeededOrderLine[];
  /** Sum of all lines. */
  readonly totalAmount: number;
  /** Whether anything in it goes into a parcel. */
  readonly needsParcel: boolean;
  /** The region of the customer, and so the warehouse a parcel leaves from. */
  readonly region: SeededRegion;
  readonly warehouseId: string;
}

/** Orders 0 to 9,999 in the order they were placed, over 2024-01-01 to `seededNow`. */
export function seededOrder(index: number): SeededOrder {
  const random = createSeedRandom(`order ${index}`);
  const customerIndex = pickCustomer(random);
  const customer = seededUser(customerIndex);
  const { region } = customer;
  const placedAt = spreadOver(index, seededCounts.orders);
  const shippingMethod = random.chance(0.25) ? 'EXPRESS' : 'STANDARD';
  const lines = makeLines(index, random);
  const history = makeHistory(placedAt, shippingMethod, random);
  return {
    id: seedId('order', index),
    number: `T-${String(index + 1).padStart(6, '0')}`,
    customerIndex,
    customerId: customer.id,
    placedAt,
    shippingMethod,
    status: history.at(-1)?.status ?? 'PLACED',
    history,
    lines,
    totalAmount: lines.reduce((sum, line) => sum + line.quantity * line.unitPriceAmount, 0),
    needsParcel: lines.some((line) => line.productIndex % 10 !== 9),
    region,
    warehouseId: findWarehouse(region).id,
  };
}

function findWarehouse(region: SeededRegion): SeededWarehouse {
  const warehouse = seededWarehouses.find((candidate) => candidate.region === region);
  if (!warehouse) throw new Error(`no warehouse in ${region}`);
  return warehouse;
}

/** Some customers order often: low numbers more than high ones. Staff do not order. */
function pickCustomer(random: SeedRandom): number {
  return 5 + Math.floor(random.number() ** 1.6 * (seededCounts.users - 5));
}

const firstOrderAt = new Date('2024-01-01T08:00:00Z');

/** Business grows: orders come ever more often. */
function spreadOver(index: number, count: number): Date {
  const span = seededNow.getTime() - firstOrderAt.getTime();
  const at = firstOrderAt.getTime() + span * Math.sqrt(index / count);
  return new Date(Math.floor(at / 1000) * 1000);
}

function makeLines(orderIndex: number, random: SeedRandom): readonly SeededOrderLine[] {
  const count = random.weighted([
    [1, 45],
    [2, 30],
    [3, 15],
    [4, 7],
    [5, 3],
  ] as const);
  const products = new Set<number>();
  while (products.size < count) products.add(random.integer(0, seededCounts.products - 1));
  return [...products].map((productIndex, position) => ({
    id: seedId('orderLine', orderIndex * 10 + position),
    productIndex,
    productId: seededProduct(productIndex).id,
    quantity: random.weighted([
      [1, 75],
      [2, 18],
      [3, 7],
    ] as const),
    unitPriceAmount: seededProduct(productIndex).priceAmount,
  }));
}

const hourMs = 3_600_000;

/** What happens to an order, cut off at `seededNow`: young orders are still on their way. */
function makeHistory(
  placedAt: Date,
  method: 'EXPRESS' | 'STANDARD',
  random: SeedRandom,
): SeededOrder['history'] {
  const after = (from: number, leastHours: number, mostHours: number): number =>
    from + random.integer(leastHours * 60, mostHours * 60) * 60_000;
  const placed = placedAt.getTime();
  const steps: [SeededOrderStatus, number][] = [['PLACED', placed]];
  const confirmed = after(placed, 1, 30);
  const isCancelled = random.chance(0.04);
  if (isCancelled && random.chance(0.5)) {
    steps.push(['CANCELLED', after(placed, 1, 20)]);
  } else {
    steps.push(['CONFIRMED', confirmed]);
    if (isCancelled) {
      steps.push(['CANCELLED', after(confirmed, 1, 20)]);
    } else {
      const shipped = after(confirmed, 6, method === 'EXPRESS' ? 20 : 48);
      const delivered = after(shipped, 20, method === 'EXPRESS' ? 40 : 120);
      steps.push(['SHIPPED', shipped], ['DELIVERED', delivered]);
      if (random.chance(0.03)) steps.push(['RETURNED', after(delivered, 48, 400)]);
    }
  }
  // The first step is always in the past.
  const last = seededNow.getTime() - hourMs / 60;
  return steps
    .filter(([, at], position) => position === 0 || at <= last)
    .map(([status, at]) => ({ status, changedAt: new Date(at) }));
}
