import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const templates = fileURLToPath(new URL('../../templates/subgraph/', import.meta.url));
const placeholder = /\{\{(\w+)\}\}/g;

/**
 * The files of a new service: path below its folder to text.
 * @param values for `{{…}}` in paths and texts; an unknown placeholder is a defect of the template and throws
 */
export async function renderTemplates(
  values: Record<string, string>,
): Promise<Map<string, string>> {
  const fill = (text: string): string =>
    text.replace(placeholder, (_all, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`a template asks for {{${name}}}`);
      return value;
    });
  const entries = await readdir(templates, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = fill(relative(templates, file).replace(/\.template$/, ''));
    files.set(path, fill(await readFile(file, 'utf8')));
  }
  return files;
}
