import { resolve } from 'node:path';
import { parseSubgraph } from '../compose/parse-subgraph.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { lintRules, lintSubgraph } from '../lint/lint-subgraph.ts';
import { count, type Report, type ReportFormat } from '../report/report.ts';
import { writeReport } from '../report/write-report.ts';
import { readSettings } from '../settings.ts';
import { readSubgraphs, type SubgraphSchema } from '../supergraph/read-subgraph.ts';
import { readSupergraphConfig } from '../supergraph/read-supergraph-config.ts';
import { displayPath, readTextFile } from '../supergraph/read-text-file.ts';
import type { Terminal } from '../terminal.ts';

export interface LintOptions {
  config: string;
  settings?: string;
  rules?: boolean;
  failOn?: string;
  format: ReportFormat;
}

/** `trellis subgraph lint [files…]`: the files, or every subgraph of supergraph.yaml. */
export async function lint(
  files: string[],
  options: LintOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.rules === true) {
    for (const { name, level, description } of lintRules) {
      terminal.out(`${name} (${level})\n    ${description}\n`);
    }
    return exitCodes.passed;
  }
  const settings = await readSettings(options.settings, terminal);
  const schemas = await readSchemas(files, options, terminal);
  const today = new Date().toISOString().slice(0, 10);
  const problems = schemas.flatMap((schema) => {
    const parsed = parseSubgraph(schema);
    return 'document' in parsed ? lintSubgraph(parsed, settings.lint.rules, today) : [parsed];
  });
  const levels = (['error', 'warning', 'info'] as const).map((level) => ({
    level,
    amount: problems.filter(({ severity }) => severity === level).length,
  }));
  const failing = options.failOn === 'info' ? 3 : options.failOn === 'warning' ? 2 : 1;
  const passed = levels.slice(0, failing).every(({ amount }) => amount === 0);
  const report: Report = {
    command: 'subgraph lint',
    passed,
    summary: `${count(schemas.length, 'schema')}: ${levels.map(({ level, amount }) => count(amount, level === 'info' ? 'note' : level)).join(', ')}`,
    problems,
    tables: [],
    details: {},
  };
  terminal.out(writeReport(report, options.format, terminal.colours.out));
  return passed ? exitCodes.passed : exitCodes.findings;
}

async function readSchemas(
  files: string[],
  options: LintOptions,
  terminal: Terminal,
): Promise<SubgraphSchema[]> {
  if (files.length === 0) {
    return readSubgraphs(await readSupergraphConfig(options.config, terminal), terminal);
  }
  return Promise.all(
    files.map(async (given) => {
      const file = resolve(terminal.cwd, given);
      const origin = displayPath(file, terminal.cwd);
      return { name: origin, routingUrl: '', origin, sdl: await readTextFile(file, origin), file };
    }),
  );
}
