import { compareApi } from '../check/compare-api.ts';
import { judgeChanges } from '../check/judge-changes.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openSupergraph } from '../graph/open-supergraph.ts';
import { readSupergraph } from '../graph/read-supergraph.ts';
import { count, type Report, type ReportFormat } from '../report/report.ts';
import { writeReport } from '../report/write-report.ts';
import type { Terminal } from '../terminal.ts';

export interface DiffOptions {
  format: ReportFormat;
  failOn?: string[];
}

/** `trellis supergraph diff BEFORE AFTER`: shows changes; fails only when asked to. */
export async function diff(
  files: { before: string; after: string },
  options: DiffOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const [before, after] = await Promise.all([
    readSupergraph(files.before, terminal),
    readSupergraph(files.after, terminal),
  ]);
  const changes = await compareApi(
    openSupergraph(before.sdl, before.shownAs).apiSchema(),
    openSupergraph(after.sdl, after.shownAs).apiSchema(),
  );
  const failOn = options.failOn ?? [];
  const passed = !changes.some(({ level }) => failOn.includes(level));
  const report: Report = {
    command: 'supergraph diff',
    passed,
    summary: `${count(changes.length, 'change')} from ${before.shownAs} to ${after.shownAs}`,
    problems: judgeChanges({ changes, subgraphs: [], findAffected: undefined }),
    tables: [
      {
        title: 'Safe changes',
        columns: ['kind', 'change'],
        rows: changes
          .filter(({ level }) => level === 'safe')
          .map(({ type, message }) => [type, message]),
      },
    ].filter(({ rows }) => rows.length > 0),
    details: { changes },
  };
  terminal.out(writeReport(report, options.format, terminal.colours.out));
  return passed ? exitCodes.passed : exitCodes.findings;
}
