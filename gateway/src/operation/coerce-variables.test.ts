import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, getVariableValues, parse, type OperationDefinitionNode } from 'graphql';
import { GatewayError } from '../errors.ts';
import type { PreparedOperation } from './prepared-operation.ts';
import { createCoerceVariables } from './coerce-variables.ts';

const coerceVariables = createCoerceVariables(1_000);
const schema = buildSchema(`
  type Query { a(x: Int, i: ID, f: Float, b: Boolean): Int }
  enum Color { RED GREEN }
  scalar Any
  input Point { x: Float! y: Float! = 1.5 tags: [String!] next: Point }
  input One @oneOf { a: Int b: String }
`);

function prepare(declaration: string): PreparedOperation {
  const document = parse(`query Q(${declaration}) { a }`, { noLocation: true });
  const operation = document.definitions[0] as OperationDefinitionNode;
  return { hash: '', document, operation, name: 'Q', kind: 'query' };
}

function refusal(declaration: string, given: Record<string, unknown> | undefined): GatewayError {
  try {
    coerceVariables(prepare(declaration), given, schema);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const types = [
  'Int',
  'Int!',
  '[Int!]',
  '[[Int]]!',
  'Float',
  'String',
  'ID!',
  'Boolean',
  'Color',
  'Any',
  'Point',
  '[Point!]!',
  'One',
];

describe('variables', () => {
  test('are coerced and refused exactly as graphql-js does', () => {
    const values = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          x: fc.oneof(fc.integer(), fc.string()),
          y: fc.double({ noDefaultInfinity: true, noNaN: true }),
        },
        { requiredKeys: [] },
      ),
      fc.constantFrom<unknown>(
        'RED',
        'BLUE',
        2 ** 31,
        2 ** 53,
        '1',
        [],
        [[1, null]],
        { a: 1, b: 'x' },
        { a: 1 },
        null,
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...types), values, fc.boolean(), (type, value, isGiven) => {
        const given = isGiven ? { v: value } : {};
        const prepared = prepare(`$v: ${type}`);
        const definitions = prepared.operation.variableDefinitions ?? [];
        const expected = getVariableValues(schema, definitions, given);
        if (expected.errors)
          expect(() => coerceVariables(prepared, given, schema)).toThrow(GatewayError);
        else
          expect({ ...coerceVariables(prepared, given, schema) }).toEqual({ ...expected.coerced });
      }),
      { numRuns: 2_000 },
    );
  });

  test('that the operation does not declare are dropped', () => {
    expect(coerceVariables(prepare('$v: Int'), { v: 1, w: 2 }, schema)).toEqual({ v: 1 });
  });

  test('get their default, and null stays null', () => {
    expect(coerceVariables(prepare('$v: Int = 3'), {}, schema)).toEqual({ v: 3 });
    expect(coerceVariables(prepare('$v: Int = 3'), { v: null }, schema)).toEqual({ v: null });
  });

  test('named like members of every object are nothing but names', () => {
    const given = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, unknown>;
    const values = coerceVariables(prepare('$constructor: Int, $toString: Int'), given, schema);
    expect(Object.keys(values)).toEqual(['constructor']);
  });

  test('that are wrong are named with their place and the beginning of their value', () => {
    const error = refusal('$p: Point', { p: { x: 1, tags: ['a', { b: 'c'.repeat(500) }] } });
    expect(error.errors).toHaveLength(1);
    expect(error.errors[0]?.message).toMatch(/^Variable \$p\.tags\[1\]: .*Given: \{"b":"c+…$/);
    expect(error.errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', variable: 'p' });
    expect(error.message.length).toBeLessThan(300);
  });

  test('end after ten problems', () => {
    expect(
      refusal('$v: [Int!]', { v: Array.from({ length: 5_000 }, () => 'x') }).errors,
    ).toHaveLength(10);
  });

  test('that are required are asked for', () => {
    expect(refusal('$v: Int!', undefined).message).toBe(
      'Variable $v of type Int! is required, but nothing was given.',
    );
  });
});
