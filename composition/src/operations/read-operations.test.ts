import { afterEach, describe, expect, test } from '@jest/globals';
import { createFakeTerminal } from '../testing/fake-terminal.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import type { KnownOperation } from './known-operation.ts';
import { readOperations } from './read-operations.ts';

let folder: TemporaryFolder | undefined;
afterEach(() => folder?.remove());

async function read(files: Record<string, string>, ...paths: string[]): Promise<KnownOperation[]> {
  folder = await createTemporaryFolder(files);
  const terminal = createFakeTerminal({ cwd: folder.path });
  return readOperations({ paths, sinceDays: 30 }, terminal);
}

const page = 'query Page { product { ...Card } }\n';
const card = 'fragment Card on Product { name ...Price }\n';
const price = 'fragment Price on Product { price }\n';

describe('fragments of known operations', () => {
  test('are found beside a file that is given alone, and above it', async () => {
    const files = {
      'app/pages/page.graphql': page,
      'app/pages/parts/card.graphql': card,
      'app/fragments/price.graphql': price,
      'app/broken.graphql': 'fragment Nothing on {',
    };
    const operations = await read(files, 'app/pages/page.graphql');
    expect(operations.map(({ name }) => name)).toEqual(['Page']);
    expect(operations[0]?.text).toContain('fragment Card on Product');
    expect(operations[0]?.text).toContain('fragment Price on Product');
  });

  test('are found in the other files that are given', async () => {
    const files = { 'a/page.graphql': page, 'b/card.graphql': card, 'c/price.graphql': price };
    const operations = await read(files, 'a/page.graphql', 'b', 'c/price.graphql');
    expect(operations[0]?.text).toContain('price');
  });

  test('are those of the same document, then the same folder, where names are equal', async () => {
    const files = {
      'web/page.graphql': 'query Web { product { ...Card } } fragment Card on Product { web }\n',
      'web/card.graphql': 'fragment Card on Product { folder }\n',
      'web/other.graphql': 'query Other { product { ...Card } }\n',
      'phone/page.graphql': 'query Phone { product { ...Card } }\n',
      'phone/parts/card.graphql': 'fragment Card on Product { phone }\n',
    };
    const operations = await read(files, 'web', 'phone');
    const texts = new Map(operations.map(({ name, text }) => [name, text]));
    expect(texts.get('Web')).toContain('{\n  web');
    expect(texts.get('Other')).toContain('{\n  folder');
    expect(texts.get('Phone')).toContain('{\n  phone');
  });

  test('that nobody defines are named with their place', async () => {
    await expect(read({ 'app/page.graphql': page }, 'app/page.graphql')).rejects.toMatchObject({
      exitCode: 3,
      message:
        'app/page.graphql:1:24: fragment Card is defined neither here nor in a document beside it',
    });
  });
});

describe('usage logs', () => {
  const line = (entry: object): string => `${JSON.stringify(entry)}\n`;
  const now = new Date().toISOString();

  test('may be larger than a schema may be', async () => {
    const noise = line({ level: 30, msg: 'x'.repeat(1_000) });
    const entry = line({ time: now, document: '{ a }', count: 2, client: 'web' });
    const log = `${noise.repeat(3_000)}${entry}${noise.repeat(3_000)}${entry}`;
    const operations = await read({ 'usage.jsonl': log }, 'usage.jsonl');
    expect(operations).toMatchObject([{ text: '{\n  a\n}', count: 4, clients: ['web'] }]);
  });

  test('count the operation that was asked for, of a document with several', async () => {
    const document = 'query A { a } query B { b }';
    const log = `${line({ time: now, document, operationName: 'B' })}${line({ time: now, document, operationName: 'B' })}`;
    const operations = await read({ 'usage.jsonl': log }, 'usage.jsonl');
    expect(operations).toMatchObject([{ name: 'B', count: 2 }]);
  });

  test('count all operations of a document where none is named', async () => {
    const document = 'query A { a } query B { b }';
    const operations = await read({ 'usage.log': line({ time: now, query: document }) }, '.');
    expect(operations.map(({ name }) => name)).toEqual(['A', 'B']);
  });
});
