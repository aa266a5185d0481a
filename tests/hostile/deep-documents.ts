import type { HostileDocument } from './hostile-document.ts';

const nested = (depth: number): string =>
  `{ node(id: "1") { ${'related { '.repeat(depth - 2)}id${' }'.repeat(depth - 2)} } }`;

/** What is nested deeper than anybody asks. */
export const depths: readonly HostileDocument[] = [
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
