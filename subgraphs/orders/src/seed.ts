import { insertRows } from '@trellis/kit/insert-rows';
import type { FillTables } from '@trellis/kit/seed';
import {
  seededCounts,
  seededCurrency,
  seededOrder,
  seededProduct,
  type SeededOrder,
} from '@trellis/kit/seeded-shop';

/** Ten thousand orders of the example shop, and the prices of its products. */
export const seed: FillTables = async (client) => {
  const orders = Array.from({ length: seededCounts.orders }, (_, index) => seededOrder(index));
  await insertRows(
    client,
    'known_products',
    Array.from({ length: seededCounts.products }, (_, index) => makeKnownProduct(index)),
  );
  await insertRows(client, 'orders', orders.map(makeOrder));
  await insertRows(client, 'order_lines', orders.flatMap(makeLines));
  await insertRows(client, 'order_status_changes', orders.flatMap(makeHistory));
  await client.query(`select setval('order_number', $1)`, [orders.length]);
};

function makeKnownProduct(index: number) {
  const { id, priceAmount } = seededProduct(index);
  return { id, price_amount: priceAmount, price_currency: seededCurrency };
}

function makeOrder(order: SeededOrder) {
  return {
    id: order.id,
    number: order.number,
    customer_id: order.customerId,
    request_id: `seed-${order.number}`,
    status: order.status,
    shipping_method: order.shippingMethod,
    total_amount: order.totalAmount,
    total_currency: seededCurrency,
    placed_at: order.placedAt,
  };
}

function makeLines(order: SeededOrder) {
  return order.lines.map((line, position) => ({
    id: line.id,
    order_id: order.id,
    position,
    product_id: line.productId,
    quantity: line.quantity,
    unit_price_amount: line.unitPriceAmount,
    unit_price_currency: seededCurrency,
  }));
}

function makeHistory(order: SeededOrder) {
  return order.history.map(({ status, changedAt }, position) => ({
    order_id: order.id,
    position,
    status,
    changed_at: changedAt,
  }));
}
