import { resolve } from 'node:path';
import { GraphQLError, parse } from 'graphql';
import { CommandError } from '../command-error.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { introspectSubgraph } from '../supergraph/introspect-subgraph.ts';
import { writeFileAtomically } from '../supergraph/write-file-atomically.ts';
import type { Terminal } from '../terminal.ts';

export interface IntrospectOptions {
  /** `Name: value` each. */
  header?: string[];
  output?: string;
  timeoutSeconds: number;
}

/** `trellis subgraph introspect URL`: the SDL of a running subgraph. */
export async function introspect(
  url: string,
  options: IntrospectOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (!/^https?:\/\/\S+$/.test(url)) {
    throw new CommandError(`${url}: expected an http or https address`, exitCodes.usage);
  }
  const sdl = await introspectSubgraph({
    url,
    headers: parseHeaders(options.header ?? []),
    timeoutMs: options.timeoutSeconds * 1000,
  });
  try {
    parse(sdl);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new CommandError(
      `${url} answered SDL that does not parse: ${error.message}`,
      exitCodes.network,
    );
  }
  const text = `${sdl.trimEnd()}\n`;
  if (options.output === undefined) terminal.out(text);
  else await writeFileAtomically(resolve(terminal.cwd, options.output), text);
  return exitCodes.passed;
}

function parseHeaders(values: string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((value) => {
      const [, name = '', text = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(value) ?? [];
      if (name === '')
        throw new CommandError(`--header ${value}: expected "Name: value"`, exitCodes.usage);
      return [name, text];
    }),
  );
}
