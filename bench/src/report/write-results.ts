import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../results.ts';
import { markdownTables } from './markdown-table.ts';

/** Writes what a run found: figures for machines, tables for people. */
export function writeResults(results: Results, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  write('results.json', `${JSON.stringify(results, null, 2)}\n`);
  write('results.md', markdownTables(results));
}
