import { describe, expect, test } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { parse, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { GatewayError } from '../../errors.ts';
import type { OperationCost } from '../prepared-operation.ts';
import { makeSnapshot } from '../../supergraph/snapshot.ts';
import { compileCost } from './compile-cost.ts';
import { createLimitCost } from './limit-cost.ts';
import { readCostTable, type CostTable } from './read-cost-table.ts';

const subgraph = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", { name: "@cost", as: "@price" }, "@listSize"])
interface Node { id: ID! heavy: Int }
union Any = Item | Film
type Film implements Node @key(fields: "id") { id: ID! heavy: Int @price(weight: 9) title: String }
type Item implements Node @key(fields: "id") @price(weight: 5) {
  id: ID! heavy: Int @price(weight: 3) s: S e: E name: String @price(weight: 2)
  all: [Item] @listSize(assumedSize: 50) self: Item tags: [String!]
}
type Page { edges: [Edge!] total: Int }
type Edge { node: Film }
input Filter { a: Int @price(weight: 2) inner: [Filter!] }
enum E @price(weight: 4) { X }
scalar S @price(weight: 7)
type Query {
  items(first: Int = 5 @price(weight: 3)): [Item!]
    @listSize(slicingArguments: ["first"], requireOneSlicingArgument: false)
  strict(first: Int, last: Int): Page
    @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges"])
  films(limit: Int): [Film]
  plain: [Film]
  page(first: Int): Page
  search(filter: Filter): Film
  node: Node
  nodes: [Node]
  any: Any
  matrix: [[Film]]
}
type Mutation { make: Film }
`;

function compose(): { schema: GraphQLSchema; table: CostTable } {
  const { supergraphSdl, errors } = composeServices([
    { name: 'a', url: 'http://a.example', typeDefs: parse(subgraph) },
  ]);
  if (!supergraphSdl) throw new Error(String(errors?.[0]));
  const { apiSchema } = makeSnapshot(supergraphSdl);
  return { schema: apiSchema, table: readCostTable(supergraphSdl, apiSchema) };
}

const { schema, table } = compose();

function costOf(text: string): OperationCost {
  const document = parse(text, { noLocation: true });
  const operation = document.definitions[0] as OperationDefinitionNode;
  const defaults = { listSize: 10, mutation: 10, pageArguments: ['first', 'limit'] };
  return compileCost({ document, operation, schema, table, defaults });
}

describe('the estimate', () => {
  test.each([
    ['an object is 1', '{ search { title } }', 1],
    ['a list without a size is the default', '{ plain { id } }', 10],
    ['a list of lists counts its outer list', '{ matrix { id } }', 10],
    ['an argument named like a page counts', '{ films(limit: 3) { id } }', 3],
    [
      'a page passes its size to its edges',
      '{ page(first: 4) { total edges { node { id } } } }',
      9,
    ],
    ['a mutation costs 10 more', 'mutation { make { id } }', 11],
    ['a weight of a type, a scalar, an enum and a field', '{ items(first: 1) { s e name } }', 21],
    ['a slicing argument has its default', '{ items { id } }', 25],
    ['an assumed size', '{ items(first: 1) { all { id } } }', 3 + 5 + 250],
    ['sized fields', '{ strict(first: 7) { edges { node { id } } } }', 1 + 7 * 2],
    ['input objects and their fields', '{ search(filter: { a: 1, inner: [{ a: 2 }] }) { id } }', 7],
    ['an interface is its heaviest implementation', '{ node { heavy } }', 5 + 9],
    ['a union is its heaviest member', '{ any { __typename } }', 5],
    ['negative and null sizes are none', '{ a: films(limit: -5) { id } b: plain { id } }', 10],
    [
      'what is never included',
      '{ search @skip(if: true) { id } plain @include(if: false) { id } }',
      0,
    ],
    [
      'fragments that ask alike count once',
      '{ ...A ...B } fragment A on Query { plain { id } } fragment B on Query { plain { title } }',
      10,
    ],
    ['aliases count each', '{ a: plain { id } b: plain { id } }', 20],
    ['introspection', '{ __typename __schema { types { name } } }', 1],
  ])('%s', (_what, text, cost) => {
    expect(costOf(text).estimate({})).toBe(cost);
  });

  test('follows the variables', () => {
    const cost = costOf(
      'query ($n: Int, $yes: Boolean!) { films(limit: $n) @include(if: $yes) { id } }',
    );
    expect(cost.estimate({ n: 100, yes: true })).toBe(100);
    expect(cost.estimate({ n: 100, yes: false })).toBe(0);
    expect(cost.estimate({ yes: true })).toBe(10);
  });

  test('of arguments that differ between types is not taken from the first', () => {
    const text = '{ nodes { ... on Item { x: all { id } } ... on Film { x: title } } }';
    expect(costOf(text).estimate({})).toBe(10 * (5 + 50 * 5));
  });

  test('never overflows', () => {
    const deep = `${'self { all { '.repeat(40)}id${' } }'.repeat(40)}`;
    const text = `query ($n: Int) { items(first: $n) { ${deep} } }`;
    const cost = costOf(text).estimate({ n: 2 ** 31 - 1 });
    expect(cost).toBe(Number.MAX_SAFE_INTEGER);
  });

  test.each([
    ['none', '{ strict { total } }'],
    ['two', '{ strict(first: 1, last: 2) { total } }'],
  ])('refuses a list that must be sliced once with %s', (_what, text) => {
    expect(() => costOf(text).estimate({})).toThrow(
      'The field "strict" must be given exactly one of "first", "last"',
    );
  });
});

describe('the actual cost', () => {
  test('counts what the answer holds', () => {
    const cost = costOf(
      '{ items(first: 100) { name all { id } } page(first: 9) { edges { node { id } } } }',
    );
    const data = {
      items: [
        { name: 'a', all: [{ id: '1' }, null] },
        { name: null, all: null },
      ],
      page: { edges: [{ node: null }] },
    };
    expect(cost.actual({}, data)).toBe(3 + (5 + 2 + 5) + 5 + 1 + 1);
    expect(cost.estimate({})).toBe(3 + 100 * (5 + 2 + 250) + 1 + 9 * 2);
  });

  test('of an answer without data is nothing', () => {
    expect(costOf('{ plain { id } }').actual({}, null)).toBe(0);
  });
});

describe('the limit', () => {
  test('refuses what costs more, and says both numbers', () => {
    const operation = parse('{ a }').definitions[0] as OperationDefinitionNode;
    const prepared = {
      hash: '',
      document: parse('{ a }'),
      operation,
      name: undefined,
      kind: 'query' as const,
      cost: { estimate: ({ n }: Record<string, unknown>) => Number(n), actual: () => 0 },
    };
    const limit = createLimitCost(100);
    expect(limit(prepared, { n: 100 })).toBe(100);
    let refusal: unknown;
    try {
      limit(prepared, { n: 101 });
    } catch (error) {
      refusal = error;
    }
    expect((refusal as GatewayError).code).toBe('COST_LIMIT_EXCEEDED');
    expect((refusal as GatewayError).errors[0]?.extensions).toMatchObject({
      cost: { estimated: 101, max: 100 },
    });
  });
});
