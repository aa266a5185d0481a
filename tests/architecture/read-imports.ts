import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One import statement: `from` and, for relative imports, `to` are paths from the repository's root. */
export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** A path for relative imports, otherwise the specifier itself. */
  readonly to: string;
  readonly isTypeOnly: boolean;
}

export const root = join(import.meta.dirname, '../..');

const pattern =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^'"();]*?\s+from\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** Every TypeScript source file below `folder` that git knows or would add, without generated ones. */
export function listSources(folder: string): readonly string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', folder],
    { cwd: root, encoding: 'utf8' },
  );
  return [...new Set(listed.split('\n'))].filter(
    (file) => file.endsWith('.ts') && !file.includes('/generated/') && !file.endsWith('.d.ts'),
  );
}

/** Every import of the given files, as written in their text. */
export function readImports(files: readonly string[]): readonly Import[] {
  return files.flatMap((from) =>
    [...readFileSync(join(root, from), 'utf8').matchAll(pattern)].map((match) => {
      const specifier = match[2] ?? match[3] ?? '';
      const to = specifier.startsWith('.')
        ? relative(root, join(root, dirname(from), specifier))
        : specifier;
      return { from, specifier, to, isTypeOnly: match[1] !== undefined };
    }),
  );
}
