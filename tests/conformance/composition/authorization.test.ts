import { describe, expect, test } from '@jest/globals';
import { supergraphYaml } from './read-cases.ts';
import { runTrellis } from './run-trellis.ts';

const federation = (imports: string): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: [${imports}])\n`;
const all = federation(
  '"@key", "@external", "@requires", "@authenticated", "@requiresScopes", "@policy", "@shareable", "@interfaceObject", "@context", "@fromContext"',
);
const renamed = federation('"@key", { name: "@authenticated", as: "@auth" }');
const product = (fields: string): string => `type P @key(fields: "id") { id: ID! ${fields} }`;
const media = (onType: string, onField: string): string =>
  `type Query { m: Media } interface Media ${onType} { id: ID! t: String ${onField} } type Book implements Media { id: ID! t: String }`;
const dependent = `${all}${product('cost: Int @external margin: Int @requires(fields: "cost")')}`;
const interfaceEntity = `${all}type Query { m: Media } interface Media @key(fields: "id") { id: ID! } type Book implements Media @key(fields: "id") { id: ID! }`;

async function compose(subgraphs: Record<string, string>) {
  const yaml = supergraphYaml(
    new Map(Object.entries(subgraphs).map(([name, sdl]) => [name, { sdl }])),
  );
  const run = await runTrellis(
    ['supergraph', 'compose', '--config', '-', '--format', 'json'],
    '/',
    yaml,
  );
  const { problems, supergraphSdl } = JSON.parse(run.out) as {
    problems: { code: string }[];
    supergraphSdl?: string;
  };
  return { codes: problems.map(({ code }) => code), supergraphSdl };
}

describe('contradictory authorization', () => {
  test.each([
    ['@authenticated on an interface', { a: all + media('@authenticated', '') }],
    [
      '@requiresScopes on a field of an interface',
      { a: all + media('', '@requiresScopes(scopes: [["x"]])') },
    ],
    ['@policy on a field of an interface', { a: all + media('', '@policy(policies: [["x"]])') }],
    ['a renamed directive', { a: renamed + media('', '@auth') }],
    [
      'a directive by its full name',
      { a: federation('"@key"') + media('', '@federation__authenticated') },
    ],
    [
      'an interface object',
      {
        a: interfaceEntity,
        b: `${all}type Media @interfaceObject @key(fields: "id") @authenticated { id: ID! r: Int }`,
      },
    ],
  ])('on an interface is refused: %s', async (_name, subgraphs) => {
    expect((await compose(subgraphs as Record<string, string>)).codes).toEqual([
      'AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE',
    ]);
  });

  const query = `${all}type Query { p: P }\n`;
  test.each<[string, Record<string, string>]>([
    [
      'a field that requires a protected one',
      { a: query + product('cost: Int @authenticated'), b: dependent },
    ],
    [
      'protection under another name',
      { a: `${renamed}type Query { p: P }\n${product('cost: Int @auth')}`, b: dependent },
    ],
    [
      'a field that requires one of a protected type',
      {
        a: `${query}${product('cost: Cost')} type Cost @authenticated { amount: Int }`,
        b: `${all}${product('cost: Cost @external margin: Int @requires(fields: "cost { amount }")')} type Cost { amount: Int @external }`,
      },
    ],
    [
      'a chain of requirements',
      {
        a: query + product('cost: Int @authenticated'),
        b: `${all}${product('cost: Int @external margin: Int @requires(fields: "cost") @authenticated')}`,
        c: `${all}${product('margin: Int @external rank: Int @requires(fields: "margin")')}`,
      },
    ],
    [
      'weaker scopes than those of what is required',
      {
        a: query + product('cost: Int @requiresScopes(scopes: [["x", "y"]])'),
        b: `${all}${product('cost: Int @external margin: Int @requires(fields: "cost") @requiresScopes(scopes: [["x"]])')}`,
      },
    ],
    [
      'a context that reads a protected field',
      {
        a: `${all}type Query { s: S } type S @key(fields: "id") @context(name: "s") { id: ID! currency: String @authenticated p: P } ${product('price(currency: String @fromContext(field: "$s { currency }")): Int')}`,
      },
    ],
  ])('behind a public field is refused: %s', async (_name, subgraphs) => {
    expect((await compose(subgraphs)).codes).toEqual(['MISSING_TRANSITIVE_AUTH_REQUIREMENTS']);
  });

  test('scopes of several subgraphs are all demanded', async () => {
    const shared = (scope: string): string =>
      `${all}type Query { p: Int @shareable @requiresScopes(scopes: [["${scope}"]]) }`;
    const { supergraphSdl } = await compose({ a: shared('x'), b: shared('y') });
    expect(supergraphSdl).toContain('p: Int @requiresScopes(scopes: [["x", "y"]])');
  });

  test('an interface inherits the protection of its implementations', async () => {
    const { supergraphSdl } = await compose({
      a: `${all}type Query { m: Media } interface Media { t: String } type Book implements Media { t: String @authenticated }`,
    });
    expect(supergraphSdl?.match(/t: String @authenticated/g)).toHaveLength(2);
  });

  test('what is protected alike composes', async () => {
    const scopes = '@requiresScopes(scopes: [["x"]])';
    const { codes } = await compose({
      a: query + product(`cost: Int ${scopes}`),
      b: `${all}${product(`cost: Int @external margin: Int @requires(fields: "cost") ${scopes}`)}`,
    });
    expect(codes).toEqual([]);
  });
});
