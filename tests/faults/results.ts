import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was found for one row of the fault matrix. */
export interface Finding {
  /** Row of the matrix, such as `A4`. */
  readonly row: string;
  readonly engine: string;
  /** What was done, such as the mode of the faulty subgraph. */
  readonly fault: string;
  /** What was measured, with its unit. */
  readonly measured: string;
}

const findings: Finding[] = [];

export function record(finding: Finding): void {
  findings.push(finding);
}

/** Notes what was measured with our own engine. */
export function found(row: string, fault: string, measured: string): void {
  record({ row, engine: 'trellis', fault, measured });
}

const document = join(import.meta.dirname, '../../docs/reliability.md');

/**
 * Prints what was found as a table. With `TRELLIS_WRITE_RESULTS=1` it also replaces the table between the markers
 * `<!-- results <name> -->` and `<!-- end -->` of docs/reliability.md.
 */
export function printFindings(name: string): void {
  const byFault = new Map<string, Map<string, string>>();
  for (const { row, engine, fault, measured } of findings.splice(0)) {
    const key = `${row} | ${fault}`;
    const engines = byFault.get(key) ?? new Map<string, string>();
    byFault.set(key, engines.set(engine, measured));
  }
  const lines = [...byFault].map(
    ([key, engines]) =>
      `| ${key} | ${engines.get('trellis') ?? '–'} | ${engines.get('apollo') ?? '–'} |`,
  );
  const header = ['| row | fault | engine trellis | engine apollo |', '| --- | --- | --- | --- |'];
  const table = [...header, ...lines].join('\n');
  process.stdout.write(`\n${table}\n`);
  if (process.env['TRELLIS_WRITE_RESULTS'] === '1') writeTable(name, table);
}

function writeTable(name: string, table: string): void {
  const text = readFileSync(document, 'utf8');
  const start = `<!-- results ${name} -->`;
  const from = text.indexOf(start);
  const to = text.indexOf('<!-- end -->', from);
  if (from === -1 || to === -1) throw new Error(`docs/reliability.md has no table ${name}`);
  writeFileSync(document, `${text.slice(0, from + start.length)}\n\n${table}\n\n${text.slice(to)}`);
}
