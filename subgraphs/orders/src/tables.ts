import type { Generated } from 'kysely';
import type { OrderStatus } from './order-status.ts';

/** The tables of this service, in the names that rows have in code. */
export interface Tables {
  knownProducts: KnownProductsTable;
  orders: OrdersTable;
  orderLines: OrderLinesTable;
  orderStatusChanges: OrderStatusChangesTable;
}

export type ShippingMethod = 'EXPRESS' | 'STANDARD';

/** What orders must know of a product to sell it. Catalog owns the truth. */
export interface KnownProductsTable {
  id: string;
  priceAmount: number;
  priceCurrency: string;
}

export interface OrdersTable {
  id: string;
  number: Generated<string>;
  customerId: string;
  /** Made by the client: the same request places one order, however often it is sent. */
  requestId: string;
  status: OrderStatus;
  shippingMethod: ShippingMethod;
  totalAmount: number;
  totalCurrency: string;
  placedAt: Generated<Date>;
}

export interface OrderLinesTable {
  id: string;
  orderId: string;
  position: number;
  productId: string;
  quantity: number;
  unitPriceAmount: number;
  unitPriceCurrency: string;
}

export interface OrderStatusChangesTable {
  orderId: string;
  position: number;
  status: OrderStatus;
  reason: string | null;
  changedAt: Generated<Date>;
}
