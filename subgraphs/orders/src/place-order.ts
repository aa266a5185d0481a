import { newId } from '@trellis/kit/seed-id';
import { signedInUser } from '@trellis/kit/signed-in-user';
import { refuse, succeed, userError, type Outcome, type UserError } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import { selectKnownProducts, type KnownProductRow } from './known-products-table.ts';
import { insertOrderLines } from './order-lines-table.ts';
import { insertStatusChange } from './order-status-changes-table.ts';
import { insertOrder, selectOrderByRequest, type OrderRow } from './orders-table.ts';
import type { ShippingMethod, Tables } from './tables.ts';

export interface OrderWish {
  /** Made by the client: the same request places one order, however often it is sent. */
  readonly requestId: string;
  readonly lines: readonly { readonly productId: string; readonly quantity: number }[];
  readonly shippingMethod?: ShippingMethod | null | undefined;
}

interface Order extends OrderWish {
  readonly customerId: string;
}

type Products = ReadonlyMap<string, KnownProductRow>;

const maxLines = 50;
const maxQuantity = 1_000;
const maxRequestIdLength = 100;
/** The largest `Int` of GraphQL (spec October 2021, §3.5.1): what a total can be shown as. */
const maxTotal = 2_147_483_647;

/**
 * Places an order of the caller at the prices of this moment, in one transaction.
 * The same request again answers the order it placed the first time, whatever else it now says.
 */
export async function placeOrder(
  database: Kysely<Tables>,
  identity: Identity,
  wish: OrderWish,
): Promise<Outcome<OrderRow>> {
  const caller = signedInUser(identity);
  if (!caller.ok) return caller;
  const mistakes = findMistakes(wish);
  if (mistakes.length > 0) return refuse(...mistakes);
  const order = { ...wish, customerId: caller.result };
  return database.transaction().execute(async (transaction) => {
    const placed = await selectOrderByRequest(transaction, order);
    if (placed) return succeed(placed);
    const products = await readProducts(transaction, order);
    const obstacle = findObstacle(order, products);
    return obstacle ? refuse(obstacle) : succeed(await writeOrder(transaction, order, products));
  });
}

function findMistakes({ lines, requestId }: OrderWish): readonly UserError[] {
  const mistakes: UserError[] = [];
  if (requestId === '' || requestId.length > maxRequestIdLength) {
    const message = `A request id has 1 to ${maxRequestIdLength} characters.`;
    mistakes.push(userError('INVALID', message, 'requestId'));
  }
  if (lines.length === 0) {
    mistakes.push(userError('EMPTY', 'An order needs at least one line.', 'lines'));
  }
  if (lines.length > maxLines) {
    mistakes.push(userError('TOO_MANY', `An order has at most ${maxLines} lines.`, 'lines'));
  }
  if (lines.some(({ quantity }) => quantity < 1 || quantity > maxQuantity)) {
    const message = `A quantity is between 1 and ${maxQuantity}.`;
    mistakes.push(userError('OUT_OF_RANGE', message, 'lines'));
  }
  return mistakes;
}

async function readProducts(database: Kysely<Tables>, { lines }: Order): Promise<Products> {
  const ids = lines.map(({ productId }) => productId);
  const products = await selectKnownProducts(database, ids);
  return new Map(products.map((product) => [product.id, product]));
}

function findObstacle(order: Order, products: Products): UserError | undefined {
  if (order.lines.some(({ productId }) => !products.has(productId))) {
    return userError('NOT_FOUND', 'At least one of these products does not exist.', 'lines');
  }
  const currencies = new Set([...products.values()].map((product) => product.priceCurrency));
  if (currencies.size > 1) {
    const named = [...currencies].sort().join(' and ');
    return userError('MIXED_CURRENCIES', `One order cannot mix ${named}.`, 'lines');
  }
  if (sumLines(order, products) > maxTotal) {
    return userError('OUT_OF_RANGE', 'The total is too large for one order.', 'lines');
  }
  return undefined;
}

async function writeOrder(
  transaction: Kysely<Tables>,
  order: Order,
  products: Products,
): Promise<OrderRow> {
  const id = newId('order');
  const lines = makeLines(id, order, products);
  const written = await insertOrder(transaction, {
    id,
    customerId: order.customerId,
    requestId: order.requestId,
    status: 'PLACED',
    shippingMethod: order.shippingMethod ?? 'STANDARD',
    totalAmount: sumLines(order, products),
    totalCurrency: lines[0]?.unitPriceCurrency ?? '',
  });
  if (!written) return readPlacedMeanwhile(transaction, order);
  await insertOrderLines(transaction, lines);
  await insertStatusChange(transaction, { orderId: id, status: 'PLACED', reason: null });
  return written;
}

/** The same request was being placed at the same moment; our insert waited until that was done. */
async function readPlacedMeanwhile(transaction: Kysely<Tables>, order: Order): Promise<OrderRow> {
  const placed = await selectOrderByRequest(transaction, order);
  if (!placed) throw new Error('the order of an equal request is gone again');
  return placed;
}

function makeLines(orderId: string, order: Order, products: Products) {
  return order.lines.map(({ productId, quantity }, position) => {
    const product = products.get(productId);
    if (!product) throw new Error(`product ${productId} was there a moment ago`);
    return {
      id: newId('orderLine'),
      orderId,
      position,
      productId,
      quantity,
      unitPriceAmount: product.priceAmount,
      unitPriceCurrency: product.priceCurrency,
    };
  });
}

function sumLines({ lines }: Order, products: Products): number {
  return lines.reduce(
    (sum, { productId, quantity }) => sum + quantity * (products.get(productId)?.priceAmount ?? 0),
    0,
  );
}
