import { fanOut, fragmentBomb, levelBomb } from './bombs.ts';
import { times, type HostileDocument } from './hostile-document.ts';

/** What there is more of than anybody asks for. */
export const counts: readonly HostileDocument[] = [
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
