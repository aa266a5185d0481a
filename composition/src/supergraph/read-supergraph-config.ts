import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { checkConfig, ConfigError } from '@trellis/platform/read-config';
import { CommandError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';
import { expandVariables } from './expand-variables.ts';
import { displayPath, readTextFile } from './read-text-file.ts';

/** Where the schema of one subgraph comes from. */
type SchemaSource =
  | { kind: 'file'; file: string }
  | { kind: 'url'; url: string; headers: Record<string, string> }
  | { kind: 'sdl'; sdl: string };

/** One entry of `subgraphs`. */
export interface SubgraphEntry {
  name: string;
  /** Where the gateway reaches it; absent only for a source that is itself an address. */
  routingUrl: string | undefined;
  source: SchemaSource;
  /** Shell command that starts the subgraph under `trellis dev`. */
  startCommand: string | undefined;
}

/** A supergraph.yaml, checked, its variables expanded, its paths absolute. */
export interface SupergraphConfig {
  /** How messages call the file. */
  shownAs: string;
  /** Absolute path; undefined when it came from standard input. */
  file: string | undefined;
  federationVersion: string | undefined;
  subgraphs: SubgraphEntry[];
}

const schemaSource = z
  .looseObject({
    file: z.string().min(1).optional(),
    subgraph_url: z.url().optional(),
    introspection_headers: z.record(z.string(), z.coerce.string()).optional(),
    sdl: z.string().optional(),
    graphref: z.string().optional(),
  })
  .superRefine((schema, context) => {
    const named = (['file', 'subgraph_url', 'sdl', 'graphref'] as const).filter(
      (key) => schema[key] !== undefined,
    );
    if (named.length === 1) return;
    const found = named.length === 0 ? 'none of them' : named.join(' and ');
    context.addIssue({
      code: 'custom',
      message: `expected exactly one of file, subgraph_url, sdl; received ${found}`,
    });
  });

// Unknown keys are allowed on every level, as Rover allows them.
const supergraphYaml = z.looseObject({
  federation_version: z.union([z.string(), z.number()]).optional(),
  subgraphs: z.record(
    z.string(),
    z.looseObject({
      routing_url: z.string().min(1).optional(),
      schema: schemaSource,
      dev: z.looseObject({ command: z.string().min(1).optional() }).optional(),
    }),
  ),
});

type SubgraphYaml = z.output<typeof supergraphYaml>['subgraphs'][string];

/**
 * Reads a supergraph.yaml in Rover's format (YAML or JSON).
 * @param file path of the file, or `-` for standard input; then relative paths start from the working folder
 * @throws CommandError one line a problem: where it is, what came and what is expected
 */
export async function readSupergraphConfig(
  file: string,
  terminal: Terminal,
): Promise<SupergraphConfig> {
  const { cwd } = terminal;
  const path = file === '-' ? undefined : resolve(cwd, file);
  const shownAs = path === undefined ? 'standard input' : displayPath(path, cwd);
  const text = path === undefined ? await terminal.readStdin() : await readTextFile(path, shownAs);
  const expanded = expandVariables(parseYaml(text, shownAs), `${shownAs}: `, terminal);
  let yaml: z.output<typeof supergraphYaml>;
  try {
    yaml = checkConfig(supergraphYaml, expanded, shownAs);
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message);
    throw error;
  }
  const folder = path === undefined ? cwd : dirname(path);
  const entries = Object.entries(yaml.subgraphs);
  if (entries.length === 0) throw new CommandError(`${shownAs}: subgraphs: names no subgraph`);
  return {
    shownAs,
    file: path,
    federationVersion: checkFederationVersion(yaml.federation_version, shownAs),
    subgraphs: entries.map(([name, entry]) => readEntry({ name, entry, folder, shownAs })),
  };
}

function parseYaml(text: string, shownAs: string): unknown {
  if (text.trim() === '') throw new CommandError(`${shownAs}: is empty`);
  const document = parseDocument(text, { prettyErrors: true });
  const [first] = document.errors;
  if (first)
    throw new CommandError(`${shownAs}: ${first.message.split('\n')[0]?.replace(/:$/, '')}`);
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw new CommandError(`${shownAs}: ${(error as Error).message}`, 3, { cause: error });
  }
}

interface NamedEntry {
  name: string;
  entry: SubgraphYaml;
  folder: string;
  shownAs: string;
}

function readEntry({ name, entry, folder, shownAs }: NamedEntry): SubgraphEntry {
  const place = `${shownAs}: subgraphs.${name}`;
  const { schema } = entry;
  if (schema.graphref !== undefined) {
    throw new CommandError(
      `${place}.schema.graphref: needs a GraphOS account; name the schema by file, subgraph_url or sdl`,
    );
  }
  let source: SchemaSource;
  if (schema.file !== undefined) source = { kind: 'file', file: resolve(folder, schema.file) };
  else if (schema.sdl !== undefined) source = { kind: 'sdl', sdl: schema.sdl };
  else {
    const headers = schema.introspection_headers ?? {};
    source = { kind: 'url', url: schema.subgraph_url ?? '', headers };
  }
  const routingUrl = entry.routing_url ?? (source.kind === 'url' ? source.url : undefined);
  if (routingUrl === undefined) {
    throw new CommandError(
      `${place}.routing_url: is missing; a schema from ${source.kind === 'file' ? 'a file' : 'sdl'} does not say where the subgraph runs`,
    );
  }
  return { name, routingUrl, source, startCommand: entry.dev?.command };
}

/** Federation 1 cannot be composed here; versions of Federation 2 are all composed by the one that is installed. */
function checkFederationVersion(
  value: string | number | undefined,
  shownAs: string,
): string | undefined {
  if (value === undefined) return undefined;
  const version = String(value);
  if (/^(latest-2|2|[=v]2\.\d+\.\d+\S*|2\.\d+(\.\d+\S*)?)$/.test(version)) return version;
  const isFederationOne = /^(latest-[01]|0|1|[=v]?[01]\.\S*)$/.test(version);
  throw new CommandError(
    isFederationOne
      ? `${shownAs}: federation_version: ${version} is Federation 1; this tool composes Federation 2 (Federation 1 schemas are upgraded as they are read)`
      : `${shownAs}: federation_version: expected 2, latest-2 or =2.x.y, received ${version}`,
  );
}
