import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One step of a schema, as its two files hold it. */
export interface Migration {
  /** File name without `.up.sql`, such as `0001-orders`. */
  readonly name: string;
  readonly up: string;
  /** undefined when there is no `.down.sql`: then there is no way back over it. */
  readonly down: string | undefined;
  /** SHA-256 of `up`, hexadecimal; line ends count as one kind, since git may change them. */
  readonly checksum: string;
}

const upPattern = /^(\d{4})-[a-z0-9-]+\.up\.sql$/;
const downPattern = /^\d{4}-[a-z0-9-]+\.down\.sql$/;

/**
 * Reads `0001-what.up.sql` and `0001-what.down.sql` of a folder, in order of their numbers.
 * @throws Error for a file of another name, a number used twice, or a `.down.sql` without its `.up.sql`
 */
export function readMigrations(folder: string | URL): readonly Migration[] {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder);
  const files = readdirSync(path)
    .filter((file) => file.endsWith('.sql'))
    .toSorted();
  const known = new Set(files);
  const numbers = new Map<string, string>();
  for (const file of files) {
    const [, number] = upPattern.exec(file) ?? [];
    if (number !== undefined) {
      const other = numbers.get(number);
      if (other) throw new Error(`${path}: ${other} and ${file} have the same number`);
      numbers.set(number, file);
    } else if (!downPattern.test(file)) {
      throw new Error(
        `${path}/${file}: migrations are named 0001-what.up.sql and 0001-what.down.sql`,
      );
    } else if (!known.has(file.replace('.down.sql', '.up.sql'))) {
      throw new Error(`${path}/${file} has no .up.sql of the same name`);
    }
  }
  return [...numbers.values()].map((file) => readMigration(path, file, known));
}

function readMigration(path: string, file: string, known: ReadonlySet<string>): Migration {
  const up = readFileSync(join(path, file), 'utf8');
  const downFile = file.replace('.up.sql', '.down.sql');
  return {
    name: file.replace('.up.sql', ''),
    up,
    down: known.has(downFile) ? readFileSync(join(path, downFile), 'utf8') : undefined,
    checksum: createHash('sha256').update(up.replaceAll('\r\n', '\n')).digest('hex'),
  };
}
