import { loadByForeignKey, loadById, loadFigure } from '@trellis/kit/load-by';
import { loadConnection } from '@trellis/kit/load-connection';
import type { RequestScope } from '@trellis/kit/request-scope';
import type { Kysely } from 'kysely';
import {
  selectOrderLinesById,
  selectOrderLinesByOrder,
  sumSoldQuantities,
} from './order-lines-table.ts';
import { selectStatusChanges } from './order-status-changes-table.ts';
import {
  countOrdersByCustomer,
  selectOrderPagesByCustomer,
  selectOrdersById,
  selectOrdersByNumber,
  type OrderFilter,
  type OrderRow,
} from './orders-table.ts';
import type { Tables } from './tables.ts';

export type Loaders = ReturnType<typeof createLoaders>;

/** Every DataLoader of this service, for one request. */
export function createLoaders(request: RequestScope, database: Kysely<Tables>) {
  return {
    orderById: loadById(request, {
      rows: (ids: readonly string[]) => selectOrdersById(database, ids),
      key: (order) => order.id,
    }),
    orderByNumber: loadById(request, {
      rows: (numbers: readonly string[]) => selectOrdersByNumber(database, numbers),
      key: (order) => order.number,
    }),
    orderLineById: loadById(request, {
      rows: (ids: readonly string[]) => selectOrderLinesById(database, ids),
      key: (line) => line.id,
    }),
    linesOf: loadByForeignKey(request, {
      rows: (orderIds: readonly string[]) => selectOrderLinesByOrder(database, orderIds),
      key: (line) => line.orderId,
    }),
    historyOf: loadByForeignKey(request, {
      rows: (orderIds: readonly string[]) => selectStatusChanges(database, orderIds),
      key: (change) => change.orderId,
    }),
    ordersOf: loadConnection<OrderRow, OrderFilter>(request, {
      pages: (customerIds, page, filter) =>
        selectOrderPagesByCustomer(database, customerIds, { page, filter }),
      counts: (customerIds, filter) => countOrdersByCustomer(database, customerIds, filter),
    }),
    orderCountOf: loadFigure(request, {
      rows: (customerIds: readonly string[]) => countOrdersByCustomer(database, customerIds, {}),
      key: (row) => row.parent,
      value: (row) => row.count,
      empty: 0,
    }),
    soldQuantityOf: loadFigure(request, {
      rows: (productIds: readonly string[]) => sumSoldQuantities(database, productIds),
      key: (row) => row.productId,
      value: (row) => row.sold,
      empty: 0,
    }),
  };
}
