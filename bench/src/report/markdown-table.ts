import { medianCell, type Results, type Row } from '../results.ts';
import { workloads, type WorkloadName } from '../workloads.ts';
import { figure, times } from './format.ts';

/** What every ratio is taken against, when it was part of the run. */
const yardsticks = [
  { contestant: 'stock-apollo', heading: '× stock' },
  { contestant: 'hive-rust', heading: '× Hive Rust' },
  { contestant: 'limit', heading: '× limit' },
] as const;

/** All results as Markdown: one table per workload. */
export function markdownTables(results: Results): string {
  const names = [...new Set(results.rows.map((row) => row.workload))];
  const head =
    `Measured ${results.date.slice(0, 16).replace('T', ' ')} UTC on ${results.machine}, Node ${results.node}` +
    ` with \`${results.nodeFlags.join(' ')}\` for every contestant. ${results.connections} connections,` +
    ` ${results.seconds} s per measurement, medians of ${results.rounds} interleaved rounds.` +
    ' Each gateway is one process on one core; subgraphs and load generator share another.\n';
  const tables = names.map((name) => workloadTable(name, results));
  const ramp = results.ramp.length === 0 ? [] : [rampTable(results)];
  return [head, ...tables, ...ramp].join('\n');
}

/** Latency over connections as a Markdown table. */
function rampTable(results: Results): string {
  const headings = [
    'contestant',
    'connections',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'RSS MB',
    'errors',
  ];
  return [
    '### Ramp: W2 from 1 to 500 connections\n',
    tableLine(headings),
    tableLine(headings.map((_, index) => (index === 0 ? '---' : '--:'))),
    ...results.ramp.map(({ title, connections, cell }) =>
      tableLine([
        title,
        String(connections),
        ...[cell.requestsPerSecond, cell.p50Ms, cell.p99Ms, cell.finalMegabytes].map(figure),
        String(cell.errors),
      ]),
    ),
    '',
  ].join('\n');
}

/** One workload as a Markdown table. */
export function workloadTable(workload: string, results: Results): string {
  const rows = results.rows.filter((row) => row.workload === workload);
  const headings = [
    'contestant',
    'requests/s',
    ...yardsticks.map(({ heading }) => heading),
    'p50 ms',
    'p99 ms',
    'CPU ms/request',
    'core busy',
    'subgraph calls/request',
    'RSS MB (peak)',
    'errors',
  ];
  const title = workloads[workload as WorkloadName].title;
  return [
    `### ${title}\n`,
    tableLine(headings),
    tableLine(headings.map((_, index) => (index === 0 ? '---' : '--:'))),
    ...rows.map((row) => tableLine(rowCells(row, rows))),
    '',
  ].join('\n');
}

function rowCells(row: Row, rows: readonly Row[]): string[] {
  const cell = medianCell(row);
  const title = row.role === 'ours' ? `**${row.title}**` : row.title;
  if (cell === undefined)
    return [title, `not ranked: ${row.wrong ?? 'not measured'}`.replaceAll('|', '¦')];
  return [
    title,
    figure(cell.requestsPerSecond),
    ...yardsticks.map(({ contestant }) => times(cell.requestsPerSecond / rateOf(contestant, rows))),
    figure(cell.p50Ms),
    figure(cell.p99Ms),
    figure(cell.cpuMsPerRequest),
    `${Math.round(cell.busy * 100)} %`,
    figure(cell.subgraphCallsPerRequest),
    `${Math.round(cell.finalMegabytes)} (${Math.round(cell.peakMegabytes)})`,
    String(cell.errors),
  ];
}

function rateOf(contestant: string, rows: readonly Row[]): number {
  const row = rows.find((candidate) => candidate.contestant === contestant);
  return (row && medianCell(row)?.requestsPerSecond) ?? Number.NaN;
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
