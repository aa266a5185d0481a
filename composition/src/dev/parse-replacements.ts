import { CommandError } from '../command-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { SupergraphConfig } from '../supergraph/read-supergraph-config.ts';

/** Subgraphs that are answered by something else during development. */
export interface Replacements {
  /** Subgraph name to the address of a running server. */
  use: Map<string, string>;
  mock: Set<string>;
}

/**
 * Reads `--use name=url` and `--mock name`.
 * @throws CommandError (exit code 2) for a malformed value, an unknown subgraph, or one named by both
 */
export function parseReplacements(
  options: { use?: string[]; mock?: string[] },
  config: SupergraphConfig,
): Replacements {
  const names = config.subgraphs.map(({ name }) => name);
  const checkName = (flag: string, name: string): void => {
    if (names.includes(name)) return;
    throw usage(
      `${flag} ${name}: ${config.shownAs} has no such subgraph; it has ${names.join(', ')}`,
    );
  };
  const use = new Map<string, string>();
  for (const value of options.use ?? []) {
    const [, name = '', url = ''] = /^([^=]+)=(.+)$/.exec(value) ?? [];
    if (!/^https?:\/\/\S+$/.test(url)) {
      throw usage(`--use ${value}: expected name=url, such as orders=https://example.com/graphql`);
    }
    checkName('--use', name);
    use.set(name, url);
  }
  const mock = new Set(options.mock);
  for (const name of mock) {
    checkName('--mock', name);
    if (use.has(name)) throw usage(`${name} is named by both --use and --mock; choose one`);
  }
  return { use, mock };
}

function usage(message: string): CommandError {
  return new CommandError(message, exitCodes.usage);
}
