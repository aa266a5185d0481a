import type { Report } from './report.ts';

/** The whole report as JSON, for programs. Its shape is documented in docs/cli.md. */
export function writeJson(report: Report): string {
  const { details, tables: _tables, ...rest } = report;
  return `${JSON.stringify({ ...rest, ...details }, undefined, 2)}\n`;
}
