import type { Problem } from './problem.ts';
import { count, type Report, type ReportTable } from './report.ts';

/** A report for a review comment: the verdict first, then a table of findings, then the tables of the command. */
export function writeMarkdown(report: Report): string {
  const parts = [`### ${report.passed ? '✅' : '❌'} trellis ${report.command}`, report.summary];
  for (const severity of ['error', 'warning', 'info'] as const) {
    const found = report.problems.filter((problem) => problem.severity === severity);
    if (found.length > 0) parts.push(problemTable(severity, found));
  }
  for (const table of report.tables) parts.push(markdownTable(table));
  return `${parts.join('\n\n')}\n`;
}

function problemTable(severity: Problem['severity'], problems: Problem[]): string {
  const rows = problems.map((problem) => [
    `\`${problem.code}\``,
    message(problem),
    problem.places.map((place) => `\`${place.origin}:${place.line}\``).join('\n'),
  ]);
  const table = markdownTable({ title: '', columns: ['code', 'what', 'where'], rows });
  if (severity === 'error') return table;
  const noun = severity === 'warning' ? 'warning' : 'note';
  return `<details><summary>${count(problems.length, noun)}</summary>\n\n${table}\n\n</details>`;
}

function message(problem: Problem): string {
  const fix = problem.fix ? `\n**Fix:** ${problem.fix.title}` : '';
  return `${problem.message}${fix}`;
}

function markdownTable({ title, columns, rows }: ReportTable): string {
  const line = (cells: string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  const lines = [line(columns), `|${columns.map(() => ' --- ').join('|')}|`, ...rows.map(line)];
  return title === '' ? lines.join('\n') : `**${title}**\n\n${lines.join('\n')}`;
}

/** `@shareable` would call a stranger of that name into the review, and `<` would begin an element. */
function escapeCell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replace(/(^|[^\w`])@(\w+)/g, '$1`@$2`')
    .replaceAll('\n', '<br>');
}
