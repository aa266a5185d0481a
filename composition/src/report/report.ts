import type { Problem } from './problem.ts';

/** A table of a report: for text and markdown. */
export interface ReportTable {
  title: string;
  columns: string[];
  rows: string[][];
}

/** What a command found. One value, written in any of the formats. */
export interface Report {
  /** The command, such as `supergraph check`. */
  command: string;
  passed: boolean;
  /** One line that says how it went. */
  summary: string;
  problems: Problem[];
  tables: ReportTable[];
  /** Machine-readable results, for `--format json` only. */
  details: Record<string, unknown>;
}

/** The formats a report can be written in. */
export const reportFormats = ['text', 'json', 'github', 'sarif', 'markdown'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** `1 error`, `2 errors`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** Whether a text names a format. */
export function isReportFormat(text: string): text is ReportFormat {
  return (reportFormats as readonly string[]).includes(text);
}
