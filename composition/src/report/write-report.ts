import type { Report, ReportFormat } from './report.ts';
import { writeGithub } from './write-github.ts';
import { writeJson } from './write-json.ts';
import { writeMarkdown } from './write-markdown.ts';
import { writeSarif } from './write-sarif.ts';
import { writeText } from './write-text.ts';

/** Writes a report in one of its formats; only text knows colours. */
export function writeReport(report: Report, format: ReportFormat, isColoured = false): string {
  switch (format) {
    case 'text':
      return writeText(report, isColoured);
    case 'json':
      return writeJson(report);
    case 'github':
      return writeGithub(report);
    case 'sarif':
      return writeSarif(report);
    case 'markdown':
      return writeMarkdown(report);
  }
}
