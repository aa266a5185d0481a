import { createPaint, type Paint } from './paint.ts';
import type { Place, Problem } from './problem.ts';
import type { Report, ReportTable } from './report.ts';

/** A report for a person at a terminal: each problem with its places, excerpts and fix. */
export function writeText(report: Report, isColoured: boolean): string {
  const paint = createPaint(isColoured);
  const parts = report.problems.map((problem) => problemText(problem, paint));
  for (const table of report.tables) parts.push(tableText(table, paint));
  const mark = report.passed ? paint('green', '✔') : paint('red', '✖');
  parts.push(`${mark} ${report.summary}\n`);
  return parts.join('\n');
}

/** One problem as text, ending in a line end. */
export function problemText(problem: Problem, paint: Paint): string {
  const { severity } = problem;
  const style = severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'cyan';
  const [first = '', ...rest] = withoutOperation(problem).split('\n');
  const lines = [`${paint(style, severity)} ${paint('bold', problem.code)} ${first}`];
  for (const line of rest) lines.push(`  ${line}`);
  if (problem.operation !== undefined) {
    lines.push('  This operation shows it:');
    for (const line of problem.operation.split('\n')) lines.push(`    ${line}`);
  }
  for (const place of problem.places) lines.push(...placeLines(place, paint));
  if (problem.fix) lines.push(`  ${paint('green', 'fix')} ${problem.fix.title}`);
  return `${lines.join('\n')}\n`;
}

/** Composition repeats the operation in its message; it is shown once. */
function withoutOperation({ message, operation }: Problem): string {
  if (operation === undefined) return message;
  return message
    .replace(`${operation}\n`, '')
    .replace(operation, '')
    .replace(/:\ncannot/, ' cannot');
}

function placeLines(place: Place, paint: Paint): string[] {
  const number = String(place.line);
  const owner = place.subgraph === undefined ? '' : ` (subgraph ${place.subgraph})`;
  const { text, offset } = cutExcerpt(place);
  const gutter = ' '.repeat(number.length);
  return [
    `  ${paint('dim', '→')} ${place.origin}:${place.line}:${place.column}${owner}`,
    `    ${paint('dim', `${number} │`)} ${text}`,
    `    ${paint('dim', `${gutter} │`)} ${' '.repeat(offset)}${paint('red', '^')}`,
  ];
}

/** At most 120 characters around the column: schemas may be one long line. */
function cutExcerpt({ excerpt, column }: Place): { text: string; offset: number } {
  const text = excerpt.replaceAll('\t', ' ');
  if (text.length <= 120) return { text, offset: column - 1 };
  const start = Math.max(0, column - 61);
  const lead = start > 0 ? '…' : '';
  return {
    text: `${lead}${text.slice(start, start + 118)}…`,
    offset: column - 1 - start + lead.length,
  };
}

function tableText({ title, columns, rows: cells }: ReportTable, paint: Paint): string {
  const rows = cells.map((row) => row.map(cutCell));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: string[]): string =>
    `  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd();
  return [paint('bold', title), paint('dim', line(columns)), ...rows.map(line), ''].join('\n');
}

/** A cell stays on its line. */
function cutCell(text: string): string {
  const line = text.replace(/\s*\n\s*/g, ' ');
  return line.length > 140 ? `${line.slice(0, 139)}…` : line;
}
