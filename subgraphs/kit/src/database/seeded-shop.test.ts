import { describe, expect, test } from '@jest/globals';
import {
  seededCounts,
  seededNow,
  seededOrder,
  seededProduct,
  seededUser,
  seededWarehouses,
} from './seeded-shop.ts';

const orders = Array.from({ length: seededCounts.orders }, (_, index) => seededOrder(index));

describe('the seeded shop', () => {
  test('is the same every time', () => {
    expect(seededOrder(9_999)).toEqual(orders[9_999]);
    expect(orders[9_999]).toMatchObject({ id: 'ord_n3q79vmny41y', number: 'T-010000' });
  });

  test('has orders in the order they were placed, none in the future', () => {
    expect(isAscending(orders.map(({ placedAt }) => placedAt))).toBe(true);
    const wrong = orders.filter(({ history }) => {
      const moments = history.map(({ changedAt }) => changedAt);
      return !isAscending(moments) || (moments.at(-1) ?? seededNow) >= seededNow;
    });
    expect(wrong).toEqual([]);
  });

  test('has orders in every state, and ends each history with it', () => {
    expect(new Set(orders.map(({ status }) => status)).size).toBe(6);
    const wrong = orders.filter(
      ({ history, status }) => history[0]?.status !== 'PLACED' || history.at(-1)?.status !== status,
    );
    expect(wrong).toEqual([]);
  });

  test('charges what products cost', () => {
    const wrong = orders.filter(({ lines, totalAmount }) => {
      const sum = lines.reduce(
        (total, { unitPriceAmount, quantity }) => total + unitPriceAmount * quantity,
        0,
      );
      const isRight = lines.every(({ productIndex, productId, unitPriceAmount }) => {
        const product = seededProduct(productIndex);
        return product.id === productId && product.priceAmount === unitPriceAmount;
      });
      return !isRight || sum !== totalAmount || sum <= 0;
    });
    expect(wrong).toEqual([]);
  });

  test('ships from the region of the customer what needs a parcel', () => {
    const wrong = orders.filter(
      ({ customerIndex, customerId, warehouseId, lines, needsParcel }) => {
        const customer = seededUser(customerIndex);
        const warehouse = seededWarehouses.find(({ id }) => id === warehouseId);
        const isPhysical = lines.some(
          ({ productIndex }) => seededProduct(productIndex).kind === 'PHYSICAL',
        );
        return (
          customer.id !== customerId ||
          warehouse?.region !== customer.region ||
          isPhysical !== needsParcel
        );
      },
    );
    expect(wrong).toEqual([]);
  });

  test('weighs what is sent and nothing that is downloaded', () => {
    const products = Array.from({ length: seededCounts.products }, (_, i) => seededProduct(i));
    const wrong = products.filter(
      ({ kind, weightGrams, priceAmount }) =>
        (weightGrams === null) !== (kind === 'DIGITAL') || priceAmount <= 0,
    );
    expect(wrong).toEqual([]);
  });
});

function isAscending(moments: readonly Date[]): boolean {
  return moments.every((moment, index) => index === 0 || moment >= (moments[index - 1] ?? moment));
}
