import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const script = fileURLToPath(new URL('generate-resolver-types.js', import.meta.url));
const generate = (...given: readonly string[]) =>
  spawnSync(process.execPath, [script, ...given], { encoding: 'utf8' });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trellis-generate-'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      codegen: {
        context: '../context.ts#Context',
        mappers: { Thing: '../things-table.ts#ThingRow' },
      },
    }),
  );
  writeFileSync(
    join(folder, 'schema.graphql'),
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key"])
     scalar DateTime
     type Query { thing(id: ID!): Thing }
     type Thing @key(fields: "id") { id: ID! madeAt: DateTime! kind: Kind! }
     enum Kind { BIG SMALL }`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test('writes types for the rows and the context that package.json names, and no enum', () => {
  expect(generate(folder).status).toBe(0);
  const text = readFileSync(join(folder, 'src/generated/resolver-types.ts'), 'utf8');
  expect(text).toContain("import type { ThingRow } from '../things-table.ts';");
  expect(text).toContain('ContextType = Context');
  expect(text).toContain("export type Kind = 'BIG' | 'SMALL';");
  expect(text).toContain('__resolveReference?:');
  expect(text).not.toContain('enum ');
});

test('tells with --check whether the file is up to date, and changes nothing', () => {
  expect(generate('--check', folder).status).toBe(0);
  appendFileSync(join(folder, 'schema.graphql'), '\ntype Extra { a: Int }');
  const before = readFileSync(join(folder, 'src/generated/resolver-types.ts'), 'utf8');
  const { status, stderr } = generate('--check', folder);
  expect(status).toBe(1);
  expect(stderr).toContain('Run: npm run generate');
  expect(readFileSync(join(folder, 'src/generated/resolver-types.ts'), 'utf8')).toBe(before);
});

test('says what to do about a scalar it knows no type for', () => {
  appendFileSync(join(folder, 'schema.graphql'), '\nscalar Colour');
  const { status, stderr } = generate(folder);
  expect(status).toBe(1);
  expect(stderr).toContain('"codegen": { "scalars": { "Colour": "string" } }');
});

test.each([
  [['--help'], 0, 'Usage:'],
  [['--nonsense'], 1, 'Unknown option --nonsense.'],
  [['/nowhere'], 1, 'has no schema.graphql'],
])('answers %j', (given, status, words) => {
  const result = generate(...given);
  expect(result.status).toBe(status);
  expect(result.stdout + result.stderr).toContain(words);
});
