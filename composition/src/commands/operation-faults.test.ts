import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { startFaultProxy, type FaultProxy } from '../faults/fault-proxy.ts';
import type { LabAnswer } from '../faults/fault-lab.ts';
import { findLoss } from '../faults/lost-fields.ts';
import { measureFaults } from '../faults/measure-faults.ts';
import { sampleVariables } from '../faults/sample-variables.ts';
import { startMockSubgraph, type MockSubgraph } from '../mock/start-mock-subgraph.ts';

const sdl = 'type Query { name: String stock: Int! }';

async function askSubgraph(url: string, query: string): Promise<LabAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(2_000),
    });
    const answer = (await response.json()) as LabAnswer;
    return { data: answer.data ?? null };
  } catch {
    return { data: null };
  }
}

describe('what operations lose by faults', () => {
  let mock: MockSubgraph;
  let proxy: FaultProxy;
  beforeEach(async () => {
    mock = await startMockSubgraph('shop', sdl);
    proxy = await startFaultProxy(mock.url);
  });
  afterEach(async () => {
    await proxy.close();
    await mock.close();
  });

  /** Stands for a gateway: two fetches, of which the second may be lost. */
  async function ask(): Promise<LabAnswer> {
    const first = await askSubgraph(proxy.url, '{ stock }');
    const second = await askSubgraph(proxy.url, '{ name }');
    if (!first.data) return { data: null };
    const { name } = (second.data ?? { name: null }) as { name: unknown };
    return { data: { ...(first.data as object), name } };
  }

  test('every fetch is made to go wrong in every way, and what is lost is told by field', async () => {
    const operation = {
      name: 'Shop',
      document: parse('{ stock name }'),
      text: '',
      origin: 'shop.graphql',
      line: 1,
      clients: [],
    };
    const lab = { proxies: new Map([['shop', proxy]]), ask, close: () => Promise.resolve() };
    const effects = await measureFaults(operation, buildSchema(sdl), lab);
    expect(effects.map(({ fetch, fault }) => `${fetch} ${fault}`)).toEqual(
      ['{ stock }', '{ name }'].flatMap((fetch) =>
        ['unreachable', 'silent', 'failing', 'malformed'].map((fault) => `${fetch} ${fault}`),
      ),
    );
    for (const { fetch, loss } of effects) {
      expect(loss.isTotal).toBe(fetch === '{ stock }');
      if (fetch === '{ name }') expect(loss.fields).toEqual(['name']);
    }
  });

  test('losses are found in lists, and named once, at the topmost field', () => {
    const whole = {
      a: [
        { b: 1, c: { d: 2 } },
        { b: 3, c: null },
      ],
    };
    expect(
      findLoss(whole, {
        a: [
          { b: null, c: null },
          { b: 3, c: null },
        ],
      }),
    ).toEqual({
      fields: ['a.b', 'a.c'],
      isTotal: false,
    });
    expect(findLoss(whole, null)).toEqual({ fields: [], isTotal: true });
  });

  test('variables an operation needs are made up to fit their types', () => {
    const schema = buildSchema(`
      input Filter { min: Int! word: String kinds: [Kind!]! }
      enum Kind { NEW OLD }
      type Query { a(f: Filter!, id: ID, n: Int): Int }`);
    const document = parse(
      'query A($f: Filter!, $id: ID!, $n: Int! = 3, $free: Int) { a(f: $f, id: $id, n: $n) }',
    );
    expect(sampleVariables(document, schema)).toEqual({ f: { min: 1, kinds: ['NEW'] }, id: '1' });
  });
});
