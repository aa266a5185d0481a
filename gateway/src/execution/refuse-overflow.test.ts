import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { refuseOverflow } from './refuse-overflow.ts';

const apiSchema = buildSchema(`
  scalar Time
  type Query { item: Item node: Node sure: Sure }
  interface Node { size: Int at: Time price: Float }
  type Item implements Node { size: Int at: Time price: Float sizes: [Int!] loose: [Int] parts: [Item] sure: Sure }
  type Other implements Node { size: Int at: Time price: Float }
  type Sure { size: Int! }`);
const large = 3_000_000_000;

function refuse(query: string, data: unknown): ReturnType<typeof refuseOverflow> {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  return refuseOverflow(data, { document, operation, apiSchema });
}

describe('integers beyond 32 bits', () => {
  test('become null, with an error at their place, through aliases, fragments and lists', () => {
    const query = `
      { item { big: size ...F parts { ... on Node { size } } } }
      fragment F on Item { loose at price }`;
    const data = {
      item: { big: large, loose: [1, large], at: large, price: large, parts: [{ size: -large }] },
    };
    const { errors, ...rest } = refuse(query, data);
    expect(rest.data).toEqual({
      item: { big: null, loose: [1, null], at: large, price: large, parts: [{ size: null }] },
    });
    expect(errors.map(({ path }) => path)).toEqual([
      ['item', 'big'],
      ['item', 'loose', 1],
      ['item', 'parts', 0, 'size'],
    ]);
    expect(errors[0]).toMatchObject({
      message: 'A subgraph answered no Int for Item.size.',
      extensions: { code: 'SUBGRAPH_MALFORMED_RESPONSE' },
    });
  });

  test('take what may not be without them along, as far as something may be null', () => {
    expect(refuse('{ item { sizes size } }', { item: { sizes: [large], size: 1 } }).data).toEqual({
      item: { sizes: null, size: 1 },
    });
    expect(refuse('{ sure { size } }', { sure: { size: large } }).data).toEqual({ sure: null });
  });

  test('leave everything alone where there are none, and where another type may hold them', () => {
    const data = { node: { at: { deep: [large] }, price: 1e300, size: 2_147_483_647 } };
    expect(refuse('{ node { at price size } }', data)).toEqual({ data, errors: [] });
    expect(refuse('{ item { size } }', null)).toEqual({ data: null, errors: [] });
  });
});
