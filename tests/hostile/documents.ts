import { heaps } from './heap-documents.ts';
import { times, type HostileDocument } from './hostile-document.ts';

/** Fragments of which each spreads the next twice: 2^count selections. */
export function fragmentBomb(count: number): string {
  const fragments = times(
    count,
    (at) => `fragment F${at} on Node { a: related { ...F${at + 1} } b: related { ...F${at + 1} } }`,
  );
  return `{ products { ...F0 } } ${fragments} fragment F${count} on Node { id }`;
}

/** The same at one level: each spreads the next twice, and nothing is nested. */
function levelBomb(count: number): string {
  const fragments = times(
    count,
    (at) => `fragment F${at} on Product { ...F${at + 1} ...F${at + 1} }`,
  );
  return `{ products { ...F0 } } ${fragments} fragment F${count} on Product { id }`;
}

/** Every type of an interface in every fragment, level by level: what made planners try every combination. */
export function fanOut(levels: number): string {
  const types = ['Product', 'Film', 'Book', 'Person'];
  const level = (left: number): string =>
    left === 0
      ? 'id name'
      : types.map((type) => `... on ${type} { name related { ${level(left - 1)} } }`).join(' ');
  return `{ nodes { ${level(levels)} } }`;
}

const nested = (depth: number): string =>
  `{ node(id: "1") { ${'related { '.repeat(depth - 2)}id${' }'.repeat(depth - 2)} } }`;

const typeRef = (depth: number): string =>
  depth === 0 ? 'name' : `ofType { ${typeRef(depth - 1)} }`;

const depths: readonly HostileDocument[] = [
  { name: 'C11 depth 16', query: nested(16), verdict: 'COST_LIMIT_EXCEEDED' },
  { name: 'C11 depth 20', query: nested(20), verdict: 'MAX_DEPTH_LIMIT' },
  { name: 'C11 depth 50', query: nested(50), verdict: 'MAX_DEPTH_LIMIT' },
  { name: 'C11 depth 5,000', query: nested(5_000), verdict: 'MAX_DEPTH_LIMIT' },
  { name: 'C11 depth 100,000', query: nested(100_000), verdict: 'BODY_TOO_LARGE' },
  {
    name: 'C11 20,000 unbalanced braces (CVE-2026-40324)',
    query: '{'.repeat(20_000),
    verdict: 'MAX_DEPTH_LIMIT',
  },
  {
    name: 'C11 a fragment spread shallow, then deep (GHSA-224p-v68g-5g8f)',
    query: `{ node(id: "1") { ...F ${'related { '.repeat(12)} ...F ${'}'.repeat(12)} } } fragment F on Node { ${'related { '.repeat(4)} id ${'}'.repeat(4)} }`,
    verdict: 'MAX_DEPTH_LIMIT',
  },
  {
    name: 'C11 an operation called __schema (GHSA-733v-p3h5-qpq7)',
    query: `query __schema ${nested(40)}`,
    verdict: 'MAX_DEPTH_LIMIT',
  },
  {
    name: 'C11 a fragment called __schema',
    query: `{ ...__schema } fragment __schema on Query ${nested(40)}`,
    verdict: 'MAX_DEPTH_LIMIT',
  },
  {
    name: 'C12 lists nested 10,000 in an argument',
    query: `{ products(filter: ${'['.repeat(10_000)}${']'.repeat(10_000)}) { id } }`,
    verdict: 'MAX_DEPTH_LIMIT',
  },
  {
    name: 'C12 objects nested 10,000 in an argument',
    query: `{ products(filter: ${'{inner:'.repeat(10_000)}{}${'}'.repeat(10_000)}) { id } }`,
    verdict: 'MAX_DEPTH_LIMIT',
  },
  {
    name: 'C12 a type nested 10,000',
    query: `query ($v: ${'['.repeat(10_000)}Int${']'.repeat(10_000)}) { me { id } }`,
    verdict: 'MAX_DEPTH_LIMIT',
  },
  {
    name: 'C12 variables nested 10,000',
    query: 'query ($f: Filter) { products(filter: $f) { id } }',
    variablesText: `{"f":${'{"inner":'.repeat(10_000)}{}${'}'.repeat(10_000)}}`,
    verdict: 'MAX_DEPTH_LIMIT',
  },
  {
    name: 'C12 a list nested 10,000 in a scalar of the schema',
    query: 'query ($v: Anything) { echo(value: $v) }',
    variablesText: `{"v":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    verdict: 'MAX_DEPTH_LIMIT',
  },
];

const counts: readonly HostileDocument[] = [
  ...[101, 1_000, 10_000].map((count) => ({
    name: `C13 ${count} aliases`,
    query: `{ me { ${times(count, (at) => `a${at}: id`)} } }`,
    verdict: count > 3_000 ? 'MAX_TOKENS_LIMIT' : 'MAX_ALIASES_LIMIT',
  })),
  {
    name: 'C13 2,000 aliases of a root field (CVE-2026-35441)',
    query: `{ ${times(2_000, (at) => `a${at}: __typename`)} }`,
    verdict: 'MAX_ALIASES_LIMIT',
  },
  {
    name: 'C13 500 aliases across subgraphs',
    query: `{ me { ${times(500, (at) => `a${at}: reviews { text }`)} } }`,
    verdict: 'MAX_ALIASES_LIMIT',
  },
  {
    name: 'C14 a field 500 times (graphql-cop)',
    query: `{ me { ${'id '.repeat(500)} } }`,
    verdict: 'MAX_COMPARISONS_LIMIT',
  },
  {
    name: 'C14 a field 3,000 times (CVE-2023-26144)',
    query: `{ me { ${'id '.repeat(3_000)} } }`,
    verdict: 'MAX_COMPARISONS_LIMIT',
  },
  {
    name: 'C14 a field 100,000 times',
    query: `{ me { ${'id '.repeat(100_000)} } }`,
    verdict: 'MAX_TOKENS_LIMIT',
  },
  {
    name: 'C15 a fragment that spreads itself',
    query: '{ me { ...F } } fragment F on Person { id ...F }',
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C15 fragments in a circle of 500',
    query: `{ me { ...F0 } } ${times(500, (at) => `fragment F${at} on Person { ...F${(at + 1) % 500} }`)}`,
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  ...[12, 15, 20, 30].map((count) => ({
    name: `C16 a fragment bomb of 2^${count} (CVE-2025-32034)`,
    query: fragmentBomb(count),
    verdict: 'MAX_SELECTIONS_LIMIT',
  })),
  {
    name: 'C16 fragments of one level doubled 28 times (CVE-2025-32380)',
    query: levelBomb(28),
    verdict: 'MAX_SELECTIONS_LIMIT',
  },
  {
    name: 'C16 inline fragments 200 x 100 (CVE-2026-40476)',
    query: `{ me { ${times(200, () => `... { ${'id '.repeat(100)} }`)} } }`,
    verdict: 'MAX_TOKENS_LIMIT',
  },
  {
    name: 'C16 inline fragments 40 x 20',
    query: `{ me { ${times(40, () => `... { ${'id '.repeat(20)} }`)} } }`,
    verdict: 'MAX_COMPARISONS_LIMIT',
  },
  {
    name: 'C16 abstract types in five levels (CVE-2025-32031)',
    query: fanOut(5),
    verdict: 'MAX_TOKENS_LIMIT',
  },
  {
    name: 'C16 abstract types in four levels',
    query: fanOut(4),
    verdict: 'MAX_COMPARISONS_LIMIT',
  },
  {
    name: 'C16 abstract types in three levels',
    query: fanOut(3),
    verdict: 'data',
  },
  {
    name: 'C16 shared fields at every level (CVE-2024-43414)',
    query: `{ products { ${'similar { id name price stock '.repeat(10)}${'}'.repeat(10)} } }`,
    verdict: 'COST_LIMIT_EXCEEDED',
  },
  ...[10, 1_000, 3_000].map((count) => ({
    name: `C17 ${count} unknown directives (CVE-2023-49559)`,
    query: `{ me { id ${'@aa '.repeat(count)} } }`,
    verdict: count < 50 ? 'GRAPHQL_VALIDATION_FAILED' : 'MAX_DIRECTIVES_LIMIT',
  })),
  {
    name: 'C17 10,000 directives',
    query: `{ me { id ${'@include(if: true) '.repeat(10_000)} } }`,
    verdict: 'MAX_TOKENS_LIMIT',
  },
  {
    name: 'C18 900 unknown fields',
    query: `{ me { ${times(900, (at) => `x${at}`)} } }`,
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C18 10,000 unknown fields',
    query: `{ me { ${times(10_000, (at) => `x${at}`)} } }`,
    verdict: 'MAX_TOKENS_LIMIT',
  },
  {
    name: 'C18 1,000 unknown variables',
    query: `query (${times(1_000, (at) => `$v${at}: Int`)}) { me { id } }`,
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C18 1,000 variables of unknown types',
    query: `query (${times(1_000, (at) => `$v${at}: T${at}`)}) { me { id } }`,
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C18 1,000 operations',
    query: times(1_000, (at) => `query Q${at} { me { id } }`),
    verdict: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    name: 'C18 1,000 operations without a name',
    query: times(1_000, () => '{ me { id } }'),
    verdict: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    name: 'C18 900 fragments that nobody spreads',
    query: `{ me { id } } ${times(900, (at) => `fragment F${at} on Person { id }`)}`,
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C18 1,000 unknown arguments',
    query: `{ node(id: "1" ${times(300, (at) => `x${at}: ${at}`)}) { id } }`,
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'a list of 10 items in each of 7 levels',
    query: `{ products { ${'related { '.repeat(7)}id${' }'.repeat(7)} } }`,
    verdict: 'COST_LIMIT_EXCEEDED',
  },
  {
    name: 'a page of two thousand million',
    query: '{ products(first: 2147483647) { id } }',
    verdict: 'COST_LIMIT_EXCEEDED',
  },
];

const values: readonly HostileDocument[] = [
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

const introspection: readonly HostileDocument[] = [
  ['all of the schema', '{ __schema { types { name fields { name } } } }'],
  ['one type', '{ __type(name: "Person") { name } }'],
  ['under an alias', '{ x: __schema { queryType { name } } }'],
  ['in a fragment', '{ ...F } fragment F on Query { __schema { queryType { name } } }'],
  ['in an inline fragment', '{ ... on Query { __schema { queryType { name } } } }'],
  ['skipped', '{ __schema @skip(if: true) { queryType { name } } me { id } }'],
  ['beside data', '{ me { id } __schema { queryType { name } } }'],
  ['with line breaks and commas', '{\n,,,__schema\n,{,queryType{name}}}'],
].map(([what = '', query = '']) => ({
  name: `C23 introspection: ${what}`,
  query,
  verdict: 'INTROSPECTION_DISABLED',
}));

const circular: readonly HostileDocument[] = [
  {
    name: 'C23 circular introspection (graphql-cop)',
    query: `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
    verdict: 'INTROSPECTION_DISABLED|GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C23 types within types, 300 deep',
    query: `{ __type(name: "Person") { ${typeRef(300)} } }`,
    verdict: 'MAX_DEPTH_LIMIT',
  },
];

const suggestions: readonly HostileDocument[] = [
  ['a field', '{ mee { id } }'],
  ['a field without selections', '{ me }'],
  ['a nested field', '{ me { nam } }'],
  ['an argument', '{ node(idd: "1") { id } }'],
  ['a type', '{ nodes { ... on Persn { id } } }'],
  ['a fragment', '{ me { ...Person } } fragment Persn on Person { id }'],
  ['a directive', '{ me { id @includ(if: true) } }'],
  ['an enum value', '{ products(filter: { kind: TOOLL }) { id } }'],
  ['an input field', '{ products(filter: { idds: [1] }) { id } }'],
  ['a directive of the schema', '{ __schema { directive { name } } }'],
  ['a variable', 'query ($abc: Int) { products(first: $abd) { id } }'],
].map(([what = '', query = '']) => ({
  name: `C24 a suggestion for ${what}`,
  query,
  verdict: 'GRAPHQL_VALIDATION_FAILED|INTROSPECTION_DISABLED',
}));

const names: readonly HostileDocument[] = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'then',
    'toString',
    'hasOwnProperty',
    'toJSON',
  ].flatMap((name) => [
    { name: `C26 ${name} as an alias`, query: `{ ${name}: me { ${name}: id } }`, verdict: 'data' },
    { name: `C26 ${name} as an operation`, query: `query ${name} { me { id } }`, verdict: 'data' },
    {
      name: `C26 ${name} as a fragment`,
      query: `{ me { ...${name} } } fragment ${name} on Person { id }`,
      verdict: 'data',
    },
    {
      name: `C26 ${name} as a variable`,
      query: `query ($${name}: ID!) { node(id: $${name}) { id } }`,
      variables: JSON.parse(`{"${name}":"1"}`) as unknown,
      verdict: 'data',
      ...(name === '__proto__' ? { apolloVerdict: 'BAD_REQUEST|data' } : {}),
    },
    { name: `C26 ${name} as a field`, query: `{ ${name} }`, verdict: 'GRAPHQL_VALIDATION_FAILED' },
  ]),
  {
    name: 'C25 _service',
    query: '{ _service { sdl } }',
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C25 _entities',
    query: 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
    variables: { r: [{ __typename: 'Person', id: '1' }] },
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'C27 an operation name that is not in the document',
    query: 'query A { me { id } }',
    operationName: 'B',
    verdict: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    name: 'a document of types',
    query: 'type A { b: Int }',
    verdict: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    name: 'a document of operations and types',
    query: '{ me { id } } type A { b: Int } extend type Query { x: Int }',
    verdict: 'GRAPHQL_VALIDATION_FAILED',
  },
  { name: 'nothing but a comment', query: '# nothing', verdict: 'GRAPHQL_PARSE_FAILED' },
];

/** Queries: they must be judged alike over POST and GET. */
export const hostileDocuments: readonly HostileDocument[] = [
  ...depths,
  ...heaps,
  ...counts,
  ...values,
  ...introspection,
  ...circular,
  ...suggestions,
  ...names,
];
