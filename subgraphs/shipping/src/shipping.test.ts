import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededOrder } from '@trellis/kit/seeded-shop';
import { expectConstantStatements } from '@trellis/kit/statement-slope';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import { shipping } from './subgraph.ts';
import type { Tables } from './tables.ts';

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(shipping);
}, 60_000);
afterAll(() => subgraph.stop());

const warehouse = testUser('usr_warehouse', 'WAREHOUSE');
const customer = testUser('usr_customer', 'CUSTOMER');

const createShipment = `mutation ($input: CreateShipmentInput!) {
  createShipment(input: $input) {
    shipment { id trackingNumber status region carrier trackingEvents { status location } }
    userErrors { code field }
  }
}`;
const recordTrackingEvent = `mutation ($input: RecordTrackingEventInput!) {
  recordTrackingEvent(input: $input) {
    shipment { status deliveredAt trackingEvents { status location } }
    userErrors { code message field }
  }
}`;

const create = (orderId: string) =>
  subgraph.ask({
    query: createShipment,
    variables: {
      input: { orderId, warehouseId: 'whs_test', region: 'EU_NORTH', carrier: 'POSTNORD' },
    },
    identity: warehouse,
  });
const record = (shipmentId: string, status: string, location = 'Malmö') =>
  subgraph.ask({
    query: recordTrackingEvent,
    variables: { input: { shipmentId, status, location } },
    identity: warehouse,
  });

describe('a shipment', () => {
  test('is found by each of its keys', async () => {
    const listed = await subgraph.ask({
      query: '{ shipments(first: 1) { nodes { id trackingNumber } } }',
      identity: warehouse,
    });
    const [{ id, trackingNumber }] = listed.data.shipments.nodes;
    const { data } = await subgraph.ask({
      query: `query ($representations: [_Any!]!) {
        _entities(representations: $representations) { ... on Shipment { id trackingNumber } }
      }`,
      variables: {
        representations: [
          { __typename: 'Shipment', trackingNumber },
          { __typename: 'Shipment', id: 'shp_nowhere' },
          { __typename: 'Shipment', id },
        ],
      },
    });
    expect(data._entities).toEqual([{ id, trackingNumber }, null, { id, trackingNumber }]);
  });

  test('is created once per order and warehouse', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create('ord_once')));
    const created = answers.filter(({ data }) => data.createShipment.shipment !== null);
    expect(created).toHaveLength(1);
    expect(created[0]?.data.createShipment.shipment).toMatchObject({
      trackingNumber: expect.stringMatching(/^PN\d{11}$/),
      status: 'CREATED',
      trackingEvents: [{ status: 'CREATED', location: 'EU_NORTH' }],
    });
    const refused = answers.find(({ data }) => data.createShipment.shipment === null);
    expect(refused?.data.createShipment.userErrors).toEqual([
      { code: 'ALREADY_SENT', field: ['input', 'orderId'] },
    ]);
  });

  test('goes its way step by step, and notes when it arrived', async () => {
    const { data } = await create('ord_way');
    const { id } = data.createShipment.shipment;
    expect((await record(id, 'DELIVERED')).data.recordTrackingEvent.userErrors).toEqual([
      {
        code: 'WRONG_STATUS',
        message: 'A shipment that is CREATED cannot become DELIVERED.',
        field: ['input', 'status'],
      },
    ]);
    await record(id, 'IN_TRANSIT', '  Lund ');
    await record(id, 'IN_TRANSIT', 'Malmö');
    await record(id, 'OUT_FOR_DELIVERY');
    const last = await record(id, 'DELIVERED', 'At the door');
    const { shipment } = last.data.recordTrackingEvent;
    expect(shipment.status).toBe('DELIVERED');
    expect(shipment.deliveredAt).not.toBeNull();
    expect(shipment.trackingEvents.map(({ location }: { location: string }) => location)).toEqual([
      'EU_NORTH',
      'Lund',
      'Malmö',
      'Malmö',
      'At the door',
    ]);
  });

  test('is handled by warehouse staff alone', async () => {
    const { data, errors } = await subgraph.ask({
      query: createShipment,
      variables: {
        input: { orderId: 'ord_x', warehouseId: 'whs_x', region: 'APAC', carrier: 'DHL' },
      },
      identity: customer,
    });
    expect(data).toEqual({ createShipment: null });
    expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });
});

describe('lists of shipments', () => {
  test('can be narrowed by region and status', async () => {
    const { data } = await subgraph.ask({
      query: `{ shipments(first: 50, region: APAC, status: DELIVERED) {
        totalCount nodes { region status deliveredAt warehouse { id } }
      } }`,
      identity: warehouse,
    });
    expect(data.shipments.nodes).toHaveLength(50);
    expect(data.shipments.totalCount).toBeGreaterThan(500);
    for (const node of data.shipments.nodes) {
      expect(node).toMatchObject({ region: 'APAC', status: 'DELIVERED' });
      expect(node.deliveredAt).not.toBeNull();
    }
  });
});

describe('the promise of an order', () => {
  const query = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      ... on Order { estimatedDelivery shipments { order { id } } }
    }
  }`;

  test('is made from what the gateway brings along', async () => {
    const order = seededOrder(1);
    const representation = {
      __typename: 'Order',
      id: order.id,
      placedAt: '2026-02-26T10:00:00.000Z',
      shippingMethod: 'STANDARD',
    };
    const { data, errors } = await subgraph.ask({
      query,
      variables: { representations: [representation] },
    });
    expect(errors).toBeUndefined();
    expect(data._entities[0].estimatedDelivery).toBe('2026-03-03');
  });

  test('fails for the order that came without it, not for its neighbours', async () => {
    const whole = { placedAt: '2026-02-26T10:00:00.000Z', shippingMethod: 'EXPRESS' };
    const { data, errors } = await subgraph.ask({
      query,
      variables: {
        representations: [
          { __typename: 'Order', id: 'ord_bare' },
          { __typename: 'Order', id: 'ord_whole', ...whole },
        ],
      },
    });
    expect(data._entities).toEqual([
      { estimatedDelivery: null, shipments: [] },
      { estimatedDelivery: '2026-02-28', shipments: [] },
    ]);
    expect(errors).toMatchObject([{ path: ['_entities', 0, 'estimatedDelivery'] }]);
  });
});

test('asks the database as often for 50 rows as for one', async () => {
  await expectConstantStatements(shipping, { identity: warehouse });
}, 60_000);
