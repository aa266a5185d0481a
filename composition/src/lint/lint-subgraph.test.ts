import { describe, expect, test } from '@jest/globals';
import { parseSubgraph } from '../compose/parse-subgraph.ts';
import type { Settings } from '../settings.ts';
import { lintRules, lintSubgraph } from './lint-subgraph.ts';

const today = '2026-11-22';

function lint(sdl: string, rules: Settings['lint']['rules'] = {}) {
  const parsed = parseSubgraph({ name: 'shop', routingUrl: '', origin: 'shop.graphql', sdl });
  if (!('document' in parsed)) throw new Error(parsed.message);
  return lintSubgraph(parsed, rules, today);
}

/** Rule, schema it objects to, coordinate it names, schema it accepts. */
const cases: [rule: string, bad: string, coordinate: string, good: string][] = [
  ['type-name', 'type order_line { a: Int }', 'order_line', 'type OrderLine { a: Int }'],
  ['field-name', 'type A { Total_sum: Int }', 'A.Total_sum', 'type A { totalSum: Int }'],
  [
    'field-name',
    'type A { total(Max_size: Int): Int }',
    'A.total(Max_size:)',
    'type A { total(maxSize: Int): Int }',
  ],
  [
    'field-name',
    'input AInput { max_size: Int }',
    'AInput.max_size',
    'input AInput { maxSize: Int }',
  ],
  ['enum-value-name', 'enum Size { small }', 'Size.small', 'enum Size { SMALL EXTRA_LARGE }'],
  [
    'input-name',
    'input NewOrder { a: Int }',
    'NewOrder',
    'input NewOrderInput { a: Int } input OrderFilter { a: Int }',
  ],
  [
    'type-description',
    'type A { a: Int }',
    'A',
    '"An a." type A { a: Int } type B @key(fields: "id") { id: ID! }',
  ],
  ['root-field-description', 'type Query { a: Int }', 'Query.a', 'type Query { "An a." a: Int }'],
  [
    'deprecation',
    'type A { a: Int @deprecated(reason: "") }',
    'A.a',
    'type A { a: Int @deprecated(reason: "Use b. Removed on 2027-01-31.") b: Int }',
  ],
  ['deprecation', 'type A { a: Int @deprecated(reason: "Use b.") }', 'A.a', 'type A { b: Int }'],
  [
    'deprecation',
    'enum A { X @deprecated(reason: "Use Y until 2026-11-21.") }',
    'A.X',
    'enum A { X @deprecated(reason: "Use Y until 2026-11-22.") }',
  ],
  [
    'list-pagination',
    'type Query { orders: [Order!]! } type Order { a: Int }',
    'Query.orders',
    'type Query { orders(first: Int): [Order!]! names: [String!]! } type Order { lines: [Line!]! } type Line { a: Int }',
  ],
  [
    'connection-shape',
    'type OrderConnection { edges: [Int!]! }',
    'OrderConnection',
    'type OrderConnection { edges: [Int!]! pageInfo: Int }',
  ],
  [
    'connection-shape',
    'type Query { orders: OrderConnection! }',
    'Query.orders',
    'type Query { orders(first: Int): OrderConnection! }',
  ],
  ['list-item-nullability', 'type A { b: [Int] }', 'A.b', 'type A { b: [Int!] edges: [Int] }'],
  [
    'reference-nullability',
    'type A { user: User! } type User @key(fields: "id", resolvable: false) { id: ID! }',
    'A.user',
    'type A { user: User } type User @key(fields: "id", resolvable: false) { id: ID! }',
  ],
  [
    'mutation-shape',
    'type Mutation { add: Boolean }',
    'Mutation.add',
    'type Mutation { add: AddPayload! } type AddPayload { a: Int }',
  ],
  [
    'key-sanity',
    'type A @key(fields: "id") { id: ID }',
    'A.id',
    'type A @key(fields: "id") @key(fields: "code organization { id }") { id: ID! code: String! organization: B! } type B { id: ID! }',
  ],
  [
    'key-sanity',
    'type A @key(fields: "weight") { weight: Float! }',
    'A.weight',
    'type A @key(fields: "sku") { sku: String! }',
  ],
  [
    'key-sanity',
    'type A @key(fields: "a b") @key(fields: "b a") { a: ID! b: ID! }',
    'A',
    'type A @key(fields: "a b") @key(fields: "a") { a: ID! b: ID! }',
  ],
  [
    'unused-type',
    'type Query { a: Int } scalar Money',
    'Money',
    'type Query { a: Money } scalar Money type A @key(fields: "id") { id: ID! }',
  ],
];

describe('lint', () => {
  test('every rule has a case', () => {
    const covered = new Set(cases.map(([rule]) => rule));
    expect([...covered].toSorted()).toEqual(lintRules.map(({ name }) => name).toSorted());
  });

  test.each(cases)('%s objects to %s', (rule, bad, coordinate, good) => {
    const only = (sdl: string) =>
      lint(sdl, { [rule]: 'error' }).filter(({ code }) => code === `lint/${rule}`);
    expect(only(bad)).toEqual([
      expect.objectContaining({ coordinate, severity: 'error', subgraphs: ['shop'] }),
    ]);
    expect(only(bad)[0]?.places[0]).toMatchObject({ origin: 'shop.graphql', line: 1 });
    expect(only(good)).toEqual([]);
  });

  test('a schema may name its root types', () => {
    expect(
      lint('schema { query: Root } type Root { a: Int }').map(({ code }) => code),
    ).not.toContain('lint/unused-type');
  });

  test('a rule that is off finds nothing', () => {
    expect(
      lint('enum Size { small }', {
        'enum-value-name': 'off',
        'type-description': 'off',
        'unused-type': 'off',
      }),
    ).toEqual([]);
  });

  test('a comment above an element silences one rule for it', () => {
    const sdl =
      'enum Size {\n  # trellis-ignore enum-value-name: as the supplier writes it\n  small\n  large\n}';
    const found = lint(sdl).filter(({ code }) => code === 'lint/enum-value-name');
    expect(found.map(({ coordinate }) => coordinate)).toEqual(['Size.large']);
  });

  test('deprecations need no day when the option says so', () => {
    const sdl = 'type Query { a: Int @deprecated(reason: "Use b.") }';
    expect(
      lint(sdl, { deprecation: ['error', { date: false }] }).map(({ code }) => code),
    ).not.toContain('lint/deprecation');
  });

  test('an unknown rule in the settings is refused with the one that was meant', () => {
    expect(() => lint('type Query { a: Int }', { 'type-nam': 'off' })).toThrow(
      'lint.rules.type-nam: there is no such rule; did you mean type-name?',
    );
  });
});

test("what a framework prints of federation itself is nobody's to name", () => {
  const printed = `
    schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key"]) { query: Query }
    """A chair, or a table."""
    type Product @key(fields: "id") { id: ID! name: String! }
    type Query {
      _entities(representations: [_Any!]!): [_Entity]!
      _service: _Service!
      """One product."""
      product(id: ID!): Product
    }
    scalar _Any
    scalar federation__FieldSet
    union _Entity = Product
    type _Service { sdl: String! }`;
  expect(lint(printed)).toEqual([]);
  expect(lint('type Query { _entities: [_Any] _service: _Service } scalar _Any')).toEqual([]);
});
