import type { HostileDocument } from './hostile-document.ts';

/** Values that fit no type, or no memory. */
export const values: readonly HostileDocument[] = [
  {
    name: 'C19 an integer of 10,000 digits',
    query: `{ products(first: ${'9'.repeat(10_000)}) { id } }`,
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C19 a float with an exponent of 999,999,999',
    query: '{ products(maxPrice: 1e999999999) { id } }',
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C19 a float of 1,000 digits in a scalar of the schema',
    query: `{ echo(value: { a: [${'9'.repeat(1_000)}] }) }`,
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C19 a number beyond all numbers in a variable',
    query: 'query ($v: Anything) { echo(value: $v) }',
    variablesText: '{"v":{"a":[1e999]}}',
    verdict: 'BAD_USER_INPUT',
  },
  {
    name: 'C19 a string of 500 KB',
    query: `{ search(text: "${'x'.repeat(500_000)}") { __typename } }`,
    verdict: 'data',
  },
  {
    name: 'C19 an unknown field with a name of 100 KB',
    query: `{ ${'x'.repeat(100_000)} }`,
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C19 an operation with a name of 100 KB',
    query: `query ${'x'.repeat(100_000)} { me { id } }`,
    verdict: 'data',
  },
  {
    name: 'C19 a comment of 500 KB',
    query: `{ me { id } } # ${'x'.repeat(500_000)}`,
    verdict: 'data',
  },
  ...(
    [
      ['a text', 'x'],
      ['an object', { a: 1 }],
      ['more than 31 bits', 2 ** 31],
      ['more than 53 bits', 2 ** 53],
      ['a fraction', 1.5],
      ['a list', [1, 2]],
      ['true', true],
    ] as const
  ).map(([what, value]) => ({
    name: `C20 ${what} for an Int`,
    query: 'query ($n: Int) { products(first: $n) { id } }',
    variables: { n: value },
    verdict: 'BAD_USER_INPUT',
  })),
  {
    name: 'C20 null for a required variable',
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    variables: { id: null },
    verdict: 'BAD_USER_INPUT',
  },
  {
    name: 'C20 a required variable is missing',
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    verdict: 'BAD_USER_INPUT',
  },
  {
    name: 'C20 an unknown enum value',
    query: 'query ($f: Filter) { products(filter: $f) { id } }',
    variables: { f: { kind: 'Y'.repeat(10_000) } },
    verdict: 'BAD_USER_INPUT',
  },
  {
    name: 'C20 an unknown input field',
    query: 'query ($f: Filter) { products(filter: $f) { id } }',
    variables: { f: { ['z'.repeat(10_000)]: 1 } },
    verdict: 'BAD_USER_INPUT',
  },
  {
    name: 'C20 5,000 bad items',
    query: 'query ($f: Filter) { products(filter: $f) { id } }',
    variables: {
      f: { ids: Array.from({ length: 5_000 }, (_, at) => `bad${at}${'!'.repeat(50)}`) },
    },
    verdict: 'BAD_USER_INPUT',
  },
  {
    name: 'C21 text with NUL, lone surrogates and right-to-left marks',
    query: '{ search(text: "\\u0000 \\uD800 \\u202E \u202E \u0627") { __typename } }',
    verdict: 'data|GRAPHQL_PARSE_FAILED',
  },
  {
    name: 'C21 a NUL in the document',
    query: '{ me \u0000 { id } }',
    verdict: 'GRAPHQL_PARSE_FAILED',
  },
  { name: 'C21 a byte order mark', query: '\uFEFF{ me { id } }', verdict: 'data' },
];
