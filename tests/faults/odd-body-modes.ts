import type { Mode } from './faulty-subgraph.ts';

function rewritten(rewrite: (text: string) => string): Mode {
  return ({ right, reply }) => reply(rewrite(JSON.stringify(right)));
}

/** Adds members to the answer as they are written here, which JSON.stringify could not. */
function withMembers(members: string): Mode {
  return rewritten((text) => `${text.slice(0, -1)},${members}}`);
}

const field = (name: string, value: string): Mode =>
  rewritten((text) =>
    text.replace(new RegExp(`"${name}":("[^"]*"|[^,}]+)`, 'g'), `"${name}":${value}`),
  );

/** Answers that are right, in a form that is rare. */
export const rareForms: Readonly<Record<string, Mode>> = {
  'errors-empty': withMembers('"errors":[]'),
  'errors-null': withMembers('"errors":null'),
  'extensions-null': withMembers('"extensions":null'),
  'extensions-list': withMembers('"extensions":[1,2]'),
  'extensions-of-100000-keys': withMembers(
    `"extensions":{${Array.from({ length: 100_000 }, (_, at) => `"k${at}":${at}`).join()}}`,
  ),
  'other-members': withMembers('"hasNext":false,"incremental":[],"leaked":1'),
  'data-twice': rewritten((text) => `{"data":{"products":"no"},${text.slice(1)}`),
};

const manyErrors = `"errors":[${Array.from({ length: 200_000 }, () => '{"message":""}').join()}]`;
const oddPaths = [
  '[1.5]',
  '[true]',
  '[null]',
  '["__proto__","polluted"]',
  '["_entities",99999,"inStock"]',
  '["_entities","0","inStock"]',
  '["_entities",-1]',
  '["no","such","place"]',
  '[]',
  '{}',
  `[${'"a",'.repeat(50_000)}"a"]`,
];

/** Answers that are none, or that have errors in a form that nobody should have to read. */
export const brokenForms: Readonly<Record<string, Mode>> = {
  'errors-without-data': rewritten(() => '{"errors":[{"message":"x"}]}'),
  'errors-of-lists': rewritten(() => '{"errors":[["x"]]}'),
  'errors-empty-without-data': rewritten(() => '{"errors":[]}'),
  'message-number': rewritten(() => '{"data":null,"errors":[{"message":7}]}'),
  'data-list': rewritten(() => '{"data":[]}'),
  'two-documents': rewritten((text) => `${text}${text}`),
  'comma-at-the-end': rewritten((text) => `${text.slice(0, -1)},}`),
  'number-nan': rewritten((text) => text.replace('true', 'NaN')),
  '200000-errors': rewritten(() => `{"data":null,${manyErrors}}`),
  'message-of-5-mb': rewritten(
    () =>
      `{"data":null,"errors":[{"message":"${'m'.repeat(5_000_000)}","extensions":{"code":"NOT_FOUND"}}]}`,
  ),
  'error-extensions-of-5-mb': rewritten(
    () =>
      `{"data":null,"errors":[{"message":"x","extensions":{"code":"NOT_FOUND","more":"${'m'.repeat(5_000_000)}"}}]}`,
  ),
  'odd-paths': rewritten(
    () =>
      `{"data":null,"errors":[${oddPaths.map((path) => `{"message":"x","path":${path}}`).join()}]}`,
  ),
  'codes-of-other-kinds': rewritten(
    () =>
      `{"data":null,"errors":[${['7', '{}', '"../etc"', '""', `"${'A'.repeat(500)}"`].map((code) => `{"message":"x","extensions":{"code":${code}}}`).join()}]}`,
  ),
};

/** Values of a field that no client may get as they are. */
export const oddValues: Readonly<Record<string, Mode>> = {
  'number-infinite': field('quantity', '1e400'),
  'number-with-fraction': field('quantity', '1.5'),
  'number-of-100-digits': field('quantity', '9'.repeat(100)),
  'number-as-text': field('quantity', '"1"'),
  'text-lone-surrogate': field('label', '"a\\ud800b"'),
  'text-line-separator': field('label', '"a\\u2028\\u0000\\u001fb"'),
  'text-object': field('label', '{"toString":"x"}'),
};
