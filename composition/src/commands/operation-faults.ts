import { resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openFaultLab } from '../faults/fault-lab.ts';
import { measureFaults, type FaultEffect } from '../faults/measure-faults.ts';
import { openSupergraph } from '../graph/open-supergraph.ts';
import { readSupergraph } from '../graph/read-supergraph.ts';
import { readOperations } from '../operations/read-operations.ts';
import type { Terminal } from '../terminal.ts';

export interface OperationFaultsOptions {
  supergraph: string;
  format: 'text' | 'json' | 'markdown';
}

interface OperationEffects {
  operation: string;
  effects: FaultEffect[];
}

/** `trellis operation faults`: what each fetch of an operation costs its answer when it goes wrong. */
export async function operationFaults(
  documents: string[],
  options: OperationFaultsOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { sdl, shownAs } = await readSupergraph(options.supergraph, terminal);
  const graph = openSupergraph(sdl, shownAs);
  const paths = documents.map((path) => resolve(terminal.cwd, path));
  const operations = await readOperations({ paths, sinceDays: 365 }, terminal);
  if (operations.length === 0) {
    throw new CommandError(`${documents.join(', ')}: holds no operation`);
  }
  const lab = await openFaultLab(graph, terminal);
  try {
    const measured: OperationEffects[] = [];
    for (const operation of operations) {
      const effects = await measureFaults(operation, graph.apiSchema(), lab);
      measured.push({ operation: operation.name, effects });
    }
    if (options.format === 'json') terminal.out(`${JSON.stringify(measured, undefined, 2)}\n`);
    else terminal.out(writeTables(measured, options.format));
  } finally {
    await lab.close();
  }
  return exitCodes.passed;
}

const header = ['when', 'asked for', 'is', 'then'] as const;
type Row = readonly [string, string, string, string];

function writeTables(measured: readonly OperationEffects[], format: 'text' | 'markdown'): string {
  return measured
    .map(({ operation, effects }) => {
      const rows = toRows(effects);
      return format === 'markdown'
        ? `## ${operation}\n\n${writeMarkdown(rows)}\n`
        : `${operation}\n${writeText(rows)}\n`;
    })
    .join('\n');
}

/** Faults of one fetch with equal effect share a row. */
function toRows(effects: readonly FaultEffect[]): Row[] {
  const byEffect = new Map<string, { effect: FaultEffect; faults: string[] }>();
  for (const effect of effects) {
    const key = JSON.stringify([effect.subgraph, effect.fetch, effect.loss]);
    const known = byEffect.get(key);
    if (known) known.faults.push(effect.fault);
    else byEffect.set(key, { effect, faults: [effect.fault] });
  }
  return [...byEffect.values()].map(({ effect, faults: which }) => [
    effect.subgraph,
    summarize(effect.fetch),
    which.length === 4 ? 'down in any way' : which.join(' or '),
    describeLoss(effect),
  ]);
}

function describeLoss({ loss }: FaultEffect): string {
  if (loss.isTotal) return 'the answer fails: data is null';
  return loss.fields.length === 0 ? 'nothing is lost' : `null: ${loss.fields.join(', ')}`;
}

const maxFetchLength = 60;

function summarize(document: string): string {
  const text = document.replaceAll(/\s+/g, ' ').replace(/^query[^{]*/, '');
  return text.length <= maxFetchLength ? text : `${text.slice(0, maxFetchLength - 1)}…`;
}

function writeText(rows: readonly Row[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [header, ...rows]
    .map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}

function writeMarkdown(rows: readonly Row[]): string {
  const write = (row: readonly string[]): string => `| ${row.map(escapeCell).join(' | ')} |`;
  return [write(header), '| --- | --- | --- | --- |', ...rows.map(write)].join('\n');
}

function escapeCell(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
