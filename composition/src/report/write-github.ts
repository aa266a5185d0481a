import type { Problem } from './problem.ts';
import type { Report } from './report.ts';

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const;

/**
 * GitHub Actions annotations: one workflow command a place, so that a finding stands beside the changed line.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function writeGithub(report: Report): string {
  const lines = report.problems.flatMap(annotations);
  lines.push(`${report.command}: ${report.summary}`);
  return `${lines.join('\n')}\n`;
}

function annotations(problem: Problem): string[] {
  const command = commands[problem.severity];
  const fix = problem.fix ? `\nfix: ${problem.fix.title}` : '';
  const message = escapeData(`${problem.message}${fix}`);
  const title = `title=${escapeProperty(problem.code)}`;
  if (problem.places.length === 0) return [`::${command} ${title}::${message}`];
  return problem.places.map((place) => {
    const where = `file=${escapeProperty(place.origin)},line=${place.line},col=${place.column},endLine=${place.endLine}`;
    return `::${command} ${where},${title}::${message}`;
  });
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
