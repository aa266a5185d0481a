import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import { displayPath } from './read-text-file.ts';

/** `# import Product, User from "./product.graphql"`, `# import "./product.graphql"`: the syntax of graphql-import. */
const importLine = /^\s*#\s*import\s+(?:[^"']*?\sfrom\s+)?(["'])([^"']+)\1/;

interface Import {
  readonly line: number;
  /** Absolute path. */
  readonly file: string;
  readonly written: string;
}

interface SchemaFile {
  /** Absolute path. */
  readonly file: string;
  readonly sdl: string;
}

/**
 * Refuses a schema file that imports others by comments. Rover and the federation libraries read them as comments, so
 * following them would make a graph that composes here only; passing over them would lose types without a word.
 * @throws CommandError one line with file and line; a cycle of imports is named
 */
export async function refuseImports(schema: SchemaFile, cwd: string): Promise<void> {
  const [first] = findImports(schema);
  if (!first) return;
  const shownAs = displayPath(schema.file, cwd);
  const cycle = await findCycle(schema, []);
  const verdict = cycle
    ? `and these imports form a cycle: ${cycle.map((file) => displayPath(file, cwd)).join(' → ')}`
    : 'it is a comment to GraphQL and to Rover';
  throw new CommandError(
    `${shownAs}:${first.line}: "# import ${first.written}" is not followed, ${verdict}; name a file that holds the whole schema of the subgraph`,
  );
}

function findImports({ file, sdl }: SchemaFile): Import[] {
  return sdl.split('\n').flatMap((text, at) => {
    const [, , written] = importLine.exec(text) ?? [];
    if (written === undefined) return [];
    return [{ line: at + 1, file: resolve(dirname(file), written), written }];
  });
}

/** @returns the files from one to itself, undefined when there is no cycle */
async function findCycle(
  schema: SchemaFile,
  above: readonly string[],
): Promise<string[] | undefined> {
  const path = [...above, schema.file];
  for (const { file } of findImports(schema)) {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    const sdl = await readFile(file, 'utf8').catch(() => '');
    const cycle = await findCycle({ file, sdl }, path);
    if (cycle) return cycle;
  }
  return undefined;
}
