import { resolve } from 'node:path';
import { checkConfig, ConfigError } from '@trellis/platform/read-config';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { CommandError } from './command-error.ts';
import { displayPath, readTextFile } from './supergraph/read-text-file.ts';
import type { Terminal } from './terminal.ts';

/**
 * Reads a YAML file that people keep beside their schemas.
 * @param file from the folder the command runs in
 * @param empty what a file without anything in it stands for
 * @throws CommandError when it cannot be read, or is not as the schema says
 */
export async function readYamlFile<Schema extends z.ZodType>(
  file: string,
  { schema, empty }: { readonly schema: Schema; readonly empty: z.input<Schema> },
  terminal: Terminal,
): Promise<z.output<Schema>> {
  const path = resolve(terminal.cwd, file);
  const shownAs = displayPath(path, terminal.cwd);
  const document = parseDocument(await readTextFile(path, shownAs));
  const [first] = document.errors;
  if (first) throw new CommandError(`${shownAs}: ${first.message.split('\n')[0] ?? ''}`);
  try {
    return checkConfig(schema, document.toJS() ?? empty, shownAs);
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message);
    throw error;
  }
}
