import { CommandError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';
import { introspectSubgraph } from './introspect-subgraph.ts';
import { displayPath, readTextFile } from './read-text-file.ts';
import { refuseImports } from './refuse-imports.ts';
import type { SubgraphEntry, SupergraphConfig } from './read-supergraph-config.ts';

/** The schema of one subgraph as text, and where it came from. */
export interface SubgraphSchema {
  name: string;
  routingUrl: string;
  sdl: string;
  /** How messages call the origin: a file, an address, or the place in supergraph.yaml. */
  origin: string;
  /** Absolute path when the schema is a file: only then a fix can be written to it. */
  file?: string;
}

/**
 * Reads the schema of every subgraph, all at once.
 * @returns in the order of their names, so that composing does not depend on the order in the file
 * @throws CommandError for the first that cannot be read
 */
export async function readSubgraphs(
  config: SupergraphConfig,
  terminal: Terminal,
): Promise<SubgraphSchema[]> {
  const schemas = await Promise.all(
    config.subgraphs.map((entry) => readSubgraph(entry, config, terminal)),
  );
  return schemas.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads the schema of one subgraph from its file, address or inline text. */
export async function readSubgraph(
  entry: SubgraphEntry,
  config: SupergraphConfig,
  terminal: Terminal,
): Promise<SubgraphSchema> {
  const { name, source } = entry;
  const routingUrl = entry.routingUrl ?? '';
  if (source.kind === 'sdl') {
    const origin = `${config.shownAs}#subgraphs.${name}.schema.sdl`;
    return { name, routingUrl, origin, sdl: checkNotEmpty(source.sdl, origin) };
  }
  if (source.kind === 'url') {
    const sdl = await introspectSubgraph(source);
    return { name, routingUrl, origin: source.url, sdl };
  }
  const origin = displayPath(source.file, terminal.cwd);
  const sdl = checkNotEmpty(await readTextFile(source.file, origin), origin);
  await refuseImports({ file: source.file, sdl }, terminal.cwd);
  return { name, routingUrl, origin, sdl, file: source.file };
}

function checkNotEmpty(sdl: string, origin: string): string {
  if (sdl.trim() === '') throw new CommandError(`${origin}: is empty; a schema is expected`);
  return sdl;
}
