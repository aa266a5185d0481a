import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import { displayPath } from './read-text-file.ts';

/** What `${…}` is looked up in. */
export interface Variables {
  env: NodeJS.ProcessEnv;
  /** Relative `${file.…}` paths start here, as Rover's do. */
  cwd: string;
}

const reference = /\$\{([^}]*)\}/g;

/**
 * Expands `${env.NAME}`, `${env.NAME:-default}` and `${file.path}` in every string of a parsed YAML value.
 * The end of a file's last line is dropped, so that a token file fits a header.
 * @param place names the value in messages, such as `supergraph.yaml: subgraphs.orders.routing_url`
 * @throws CommandError when a variable is not set and has no default, or a file cannot be read
 */
export function expandVariables(value: unknown, place: string, variables: Variables): unknown {
  if (typeof value === 'string') {
    return value.replace(reference, (_whole, expression: string) =>
      lookUp(expression, place, variables),
    );
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => expandVariables(item, `${place}[${index}]`, variables));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => {
      const separator = place.endsWith(': ') ? '' : '.';
      return [key, expandVariables(item, `${place}${separator}${key}`, variables)] as const;
    });
    return Object.fromEntries(entries);
  }
  return value;
}

function lookUp(expression: string, place: string, { env, cwd }: Variables): string {
  const [name = '', ...rest] = expression.split(':-');
  const fallback = rest.length > 0 ? rest.join(':-') : undefined;
  if (name.startsWith('env.')) {
    const value = env[name.slice('env.'.length)] ?? fallback;
    if (value !== undefined) return value;
    const variable = name.slice('env.'.length);
    throw new CommandError(
      `${place}: environment variable ${variable} is not set; set it or write \${env.${variable}:-default}`,
    );
  }
  if (name.startsWith('file.')) {
    const file = resolve(cwd, name.slice('file.'.length));
    try {
      return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch {
      if (fallback !== undefined) return fallback;
      throw new CommandError(
        `${place}: ${displayPath(file, cwd)} of \${${expression}} cannot be read`,
      );
    }
  }
  throw new CommandError(
    `${place}: \${${expression}} is unknown; \${env.NAME}, \${env.NAME:-default} and \${file.path} are`,
  );
}
