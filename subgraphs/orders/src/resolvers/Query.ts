import { makeConnection } from '@trellis/kit/connection';
import { exactlyOne } from '@trellis/kit/exactly-one';
import { readPage } from '@trellis/kit/page';
import { canSeeOrder } from '../can-see-order.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { countOrders, selectOrderPage } from '../orders-table.ts';

export const Query: QueryResolvers = {
  order: async (_parent, { id, number }, { identity, load }) => {
    const { name, value } = exactlyOne({ id, number });
    const order = await (name === 'id' ? load.orderById : load.orderByNumber).load(value);
    return order && canSeeOrder(identity, order) ? order : null;
  },

  orders: async (_parent, { status, ...args }, { database }) => {
    const page = readPage(args);
    const filter = { status: status ?? undefined };
    const rows = await selectOrderPage(database, page, filter);
    return makeConnection(page, rows, () => countOrders(database, filter));
  },
};
