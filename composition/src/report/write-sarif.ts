import type { Problem } from './problem.ts';
import type { Report } from './report.ts';

const levels = { error: 'error', warning: 'warning', info: 'note' } as const;

/** The report in SARIF 2.1.0 (OASIS), which code scanning services read. */
export function writeSarif(report: Report): string {
  const rules = [...new Set(report.problems.map((problem) => problem.code))].toSorted();
  const log = {
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'trellis', rules: rules.map((id) => ({ id })) } },
        invocations: [{ executionSuccessful: true, exitCode: report.passed ? 0 : 1 }],
        results: report.problems.map((problem) => sarifResult(problem, rules)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function sarifResult(problem: Problem, rules: string[]): object {
  const fix = problem.fix ? `\nFix: ${problem.fix.title}` : '';
  return {
    ruleId: problem.code,
    ruleIndex: rules.indexOf(problem.code),
    level: levels[problem.severity],
    message: { text: `${problem.message}${fix}` },
    locations: problem.places.map((place) => ({
      physicalLocation: {
        artifactLocation: { uri: place.origin },
        region: { startLine: place.line, startColumn: place.column, endLine: place.endLine },
      },
      ...(problem.coordinate === undefined
        ? {}
        : { logicalLocations: [{ fullyQualifiedName: problem.coordinate }] }),
    })),
  };
}
