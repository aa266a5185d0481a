import type { HostileDocument } from './hostile-document.ts';

/** What is small as text and large as values: as much as fits into a body. */
export const heaps: readonly HostileDocument[] = [
  {
    name: 'C12 300,000 empty objects of a type of 30 fields',
    query: 'query ($r: [Row!]) { tally(rows: $r) }',
    variablesText: `{"r":[${'{},'.repeat(299_999)}{}]}`,
    verdict: 'MAX_INPUT_VALUES_LIMIT',
  },
  {
    name: 'C12 300,000 empty lists in a scalar of the schema',
    query: 'query ($v: Anything) { echo(value: $v) }',
    variablesText: `{"v":[${'[],'.repeat(299_999)}[]]}`,
    verdict: 'MAX_INPUT_VALUES_LIMIT',
  },
  {
    name: 'C12 300,000 empty objects in a variable that nobody declared',
    query: '{ me { id } }',
    variablesText: `{"v":[${'{},'.repeat(299_999)}{}]}`,
    verdict: 'data',
  },
  {
    name: 'C12 4,000 objects of a type of 30 fields',
    query: 'query ($r: [Row!]) { tally(rows: $r) }',
    variablesText: `{"r":[${'{"f1":1,"f7":2},'.repeat(3_999)}{}]}`,
    verdict: 'data',
  },
  {
    name: 'C12 250,000 numbers in a scalar of the schema',
    query: 'query ($v: Anything) { echo(value: $v) }',
    variablesText: `{"v":[${'1,'.repeat(249_999)}1]}`,
    verdict: 'data',
  },
  {
    name: 'C12 36,000 lists and objects in a scalar of the schema',
    query: 'query ($v: Anything) { echo(value: $v) }',
    variablesText: `{"v":[${'{"a":[]},'.repeat(17_999)}{"a":[]}]}`,
    verdict: 'data',
  },
];
