/** Where an order stands. */
export type OrderStatus =
  'CANCELLED' | 'CONFIRMED' | 'DELIVERED' | 'PLACED' | 'RETURNED' | 'SHIPPED';

/** What may follow what: nothing follows CANCELLED and RETURNED. */
const followers: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PLACED: ['CONFIRMED', 'CANCELLED'],
  CONFIRMED: ['SHIPPED', 'CANCELLED'],
  SHIPPED: ['DELIVERED'],
  DELIVERED: ['RETURNED'],
  CANCELLED: [],
  RETURNED: [],
};

export function canFollow(current: OrderStatus, next: OrderStatus): boolean {
  return followers[current].includes(next);
}
