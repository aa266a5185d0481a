import { QueryPlanner } from '@apollo/query-planner';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { describe, expect, test } from '@jest/globals';
import { parse, printSchema } from 'graphql';
import { composeSubgraphs } from '../compose/compose-subgraphs.ts';
import { buildContract } from './build-contract.ts';
import type { ContractTags } from './contract-filter.ts';

const header =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@tag", "@external", "@requires"])\n';
const catalog = `${header}
type Query {
  product(id: ID! secret: Int @tag(name: "internal")): Product @tag(name: "partner")
  margins: [Margin!]! @tag(name: "internal")
}
type Mutation { reprice: Margin @tag(name: "internal") }
interface Named { name: String @tag(name: "partner") }
type Product implements Named @key(fields: "id") {
  id: ID!
  name: String
  price: Int @tag(name: "partner")
  cost: Int @tag(name: "internal")
  size(unit: Unit): Size @tag(name: "partner")
}
type Margin { amount: Int by: Grade }
enum Grade { A B }
enum Unit { CM INCH @tag(name: "internal") }
enum Size { S M }
`;
const shipping = `${header}
type Product @key(fields: "id") {
  id: ID!
  cost: Int @external
  shippingCost: Int @requires(fields: "cost") @tag(name: "partner")
}
`;

function build(tags: Partial<ContractTags>) {
  const composition = composeSubgraphs(
    Object.entries({ catalog, shipping }).map(([name, sdl]) => ({
      name,
      sdl,
      routingUrl: `http://${name}`,
      origin: name,
    })),
  );
  if (!composition.isComposed) throw new Error(composition.problems[0]?.message);
  return buildContract(composition.supergraphSdl, { include: [], exclude: [], ...tags });
}

function apiOf(tags: Partial<ContractTags>): string {
  const contract = build(tags);
  if ('problems' in contract) throw new Error(JSON.stringify(contract.problems));
  return printSchema(contract.apiSchema);
}

describe('contracts', () => {
  test('excluded elements are gone: fields, arguments, enum values, and a root type of which nothing is left', () => {
    const api = apiOf({ exclude: ['internal'] });
    expect(api).not.toMatch(/margins|cost:|secret|INCH|Mutation/);
    expect(api).toMatch(/product\(id: ID!\): Product/);
  });

  test('types nothing leads to are gone too', () => {
    const api = apiOf({ exclude: ['internal'] });
    expect(api).not.toMatch(/Margin|Grade/);
    expect(api).toContain('enum Size');
  });

  test('inclusion shows tagged fields only, with the values and interfaces they need', () => {
    const api = apiOf({ include: ['partner'] });
    expect(api).toContain(`type Product implements Named {
  name: String
  price: Int
  size(unit: Unit): Size
  shippingCost: Int
}`);
    expect(api).toContain('interface Named');
    expect(api).not.toMatch(/Mutation|margins/);
  });

  test('exclusion wins over inclusion', () => {
    expect(apiOf({ include: ['partner', 'internal'], exclude: ['internal'] })).not.toContain(
      'cost:',
    );
  });

  test('the gateway still fetches hidden fields that shown ones require', () => {
    const contract = build({ exclude: ['internal'] });
    if ('problems' in contract) throw new Error('no contract');
    const planner = new QueryPlanner(Supergraph.build(contract.sdl, { supportedFeatures: null }));
    const operation = operationFromDocument(
      planner.supergraph.apiSchema(),
      parse('{ product(id: "1") { shippingCost } }'),
    );
    expect(JSON.stringify(planner.buildQueryPlan(operation))).toContain('cost');
  });

  test('a contract that leaves no query is refused with the reason', () => {
    expect(build({ include: ['nobody'] })).toEqual({
      problems: [
        expect.objectContaining({
          code: 'ONLY_INACCESSIBLE_CHILDREN',
          message: expect.stringContaining('"Query"'),
        }),
      ],
    });
  });

  test('hiding an argument that is required is refused', () => {
    const sdl = `${header}type Query { a(b: Int! @tag(name: "x")): Int }`;
    const composition = composeSubgraphs([{ name: 'a', sdl, routingUrl: 'http://a', origin: 'a' }]);
    if (!composition.isComposed) throw new Error('does not compose');
    expect(buildContract(composition.supergraphSdl, { include: [], exclude: ['x'] })).toMatchObject(
      {
        problems: [{ code: 'REQUIRED_INACCESSIBLE' }],
      },
    );
  });
});
