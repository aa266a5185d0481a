import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, type OperationDefinitionNode } from 'graphql';
import { createCoerceVariables } from './operation/coerce-variables.ts';
import { parseExactly } from './exact-variables.ts';
import type { PreparedOperation } from './operation/prepared-operation.ts';

const coerceVariables = createCoerceVariables(1_000);
const schema = buildSchema(`
  type Query { a: Int }
  scalar Any
  input Filter { id: ID ids: [[ID!]] size: Float deep: Filter any: Any }
`);

function coerce(declaration: string, json: string): unknown {
  const document = parse(`query Q(${declaration}) { a }`, { noLocation: true });
  const operation = document.definitions[0] as OperationDefinitionNode;
  const prepared: PreparedOperation = { hash: '', document, operation, name: 'Q', kind: 'query' };
  const { variables } = parseExactly(json) as { readonly variables: Record<string, unknown> };
  return { ...coerceVariables(prepared, variables, schema) };
}

describe('numbers of clients that no double holds', () => {
  test('are the digits that were sent where an ID is wanted', () => {
    const json = '{"variables":{"id":9007199254740993,"ids":[-9007199254740995, 7, "x"]}}';
    expect(coerce('$id: ID!, $ids: [ID]', json)).toEqual({
      id: '9007199254740993',
      ids: ['-9007199254740995', '7', 'x'],
    });
  });

  test('are so in input objects, and alone where a list is wanted', () => {
    const json = `{"query":"1234567890123456789","variables":{"ids":12345678901234567890,
      "filter":{"id":9007199254740993,"ids":[[9007199254740993]],"deep":{"ids":9007199254740993}}}}`;
    expect(coerce('$filter: Filter, $ids: [[ID]]', json)).toEqual({
      ids: [['12345678901234567890']],
      filter: {
        id: '9007199254740993',
        ids: [['9007199254740993']],
        deep: { ids: [['9007199254740993']] },
      },
    });
  });

  test('are what JSON.parse makes of them everywhere else', () => {
    const json = `{"variables":{"size":9007199254740993,"any":{"a":[9007199254740993]},
      "filter":{"size":12345678901234567890,"any":9007199254740993}}}`;
    expect(coerce('$size: Float, $any: Any, $filter: Filter', json)).toEqual({
      size: 9_007_199_254_740_992,
      any: { a: [9_007_199_254_740_992] },
      filter: { size: 12_345_678_901_234_567_000, any: 9_007_199_254_740_992 },
    });
    expect(() => coerce('$n: Int', '{"variables":{"n":9007199254740993}}')).toThrow('Int cannot');
  });

  test('are kept in variables that come by themselves, as in an address', () => {
    const variables = parseExactly('{"id":9007199254740993}') as Record<string, unknown>;
    const document = parse('query Q($id: ID) { a }', { noLocation: true });
    const operation = document.definitions[0] as OperationDefinitionNode;
    const prepared: PreparedOperation = { hash: '', document, operation, name: 'Q', kind: 'query' };
    expect(coerceVariables(prepared, variables, schema)['id']).toBe('9007199254740993');
  });

  test.each([
    '{"a":1234567890123456}',
    '{"a":0.12345678901234567}',
    '[1e400]',
    '{"a":"12345678901234567890"}',
  ])('leave all other JSON as it is: %s', (json) => {
    expect(parseExactly(json)).toEqual(JSON.parse(json));
  });

  test('may stand deeper than the stack', () => {
    const json = `${'['.repeat(200_000)}9007199254740993${']'.repeat(200_000)}`;
    expect(Array.isArray(parseExactly(json))).toBe(true);
    expect(() => parseExactly('{"a": 12345678901234567890')).toThrow(SyntaxError);
  });
});
