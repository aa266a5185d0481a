import { counts } from './countless-documents.ts';
import { depths } from './deep-documents.ts';
import { heaps } from './heap-documents.ts';
import type { HostileDocument } from './hostile-document.ts';
import { values } from './odd-values.ts';

const typeRef = (depth: number): string =>
  depth === 0 ? 'name' : `ofType { ${typeRef(depth - 1)} }`;

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
