import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from './read-imports.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** `name version` of every package that a workspace or the root asks for; types go with what they type. */
function askedFor(): string[] {
  const files = execFileSync('git', ['ls-files', 'package.json', '*/package.json'], { cwd: root });
  const manifests = files
    .toString()
    .trim()
    .split('\n')
    .filter((file) => !file.startsWith('bench/') && !file.includes('template'))
    .map((file) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest);
  const all = manifests.flatMap(({ dependencies = {}, devDependencies = {} }) =>
    Object.entries({ ...dependencies, ...devDependencies }),
  );
  const foreign = all.filter(
    ([name]) => !name.startsWith('@trellis/') && !name.startsWith('@types/'),
  );
  return [...new Set(foreign.map(([name, version]) => `${name} ${version}`))].sort();
}

/** The same of the rows of docs/dependencies.md, some of which name several packages. */
function documented(): string[] {
  const rows = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')
    .split('\n')
    .filter(
      (line) => line.startsWith('| ') && !line.startsWith('| Package') && !line.startsWith('| -'),
    );
  return rows
    .flatMap((row) => {
      const [names = '', versions = ''] = row.split('|').slice(1);
      const version = versions.split(',').map((text) => text.trim());
      return names.split(',').map((name, at) => `${name.trim()} ${version[at] ?? version[0]}`);
    })
    .sort();
}

test('docs/dependencies.md names every package in use, with its version', () => {
  expect(documented()).toEqual(askedFor());
});
