import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../results.ts';
import { latencyChart } from './latency-chart.ts';
import { markdownTables } from './markdown-table.ts';
import { throughputChart } from './throughput-chart.ts';

/** Writes what a run found: figures for machines, tables and charts for people. */
export function writeResults(results: Results, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  write('results.json', `${JSON.stringify(results, null, 2)}\n`);
  write('results.md', markdownTables(results));
  write('throughput.svg', throughputChart(results));
  if (results.ramp.length > 0) write('latency.svg', latencyChart(results));
}
