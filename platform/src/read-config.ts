import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { explainProblem } from './explain-problem.ts';

/** The settings are wrong. The message says where, what came and what is allowed; it is for the person who wrote them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Checks settings against their schema.
 * @param source what the settings came from, for the message: a file name or "environment"
 * @throws ConfigError one line per problem: `gateway.yaml: listen.port: Invalid input: expected number, received string (it is "a")`
 */
export function checkConfig<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  source: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues
    .flatMap((issue) => explainProblem(issue, { schema, value }))
    .map((line) => `${source}: ${line}`);
  throw new ConfigError(lines.join('\n'));
}

/**
 * Reads settings from a YAML (or JSON) file.
 * @throws ConfigError when the file cannot be read, is no YAML, or does not fit the schema
 */
export function readConfigFile<Schema extends z.ZodType>(
  schema: Schema,
  file: string,
): z.output<Schema> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const document = parseDocument(text, { prettyErrors: true });
  const [firstError] = document.errors;
  if (firstError) throw new ConfigError(`${file}: ${firstError.message}`);
  return checkConfig(schema, document.toJS() ?? {}, file);
}
