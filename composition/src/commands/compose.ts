import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import { composeSubgraphs, type Composition } from '../compose/compose-subgraphs.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { proposeFixes } from '../fixes/propose-fixes.ts';
import { applyHintLevels, type HintOptions } from '../report/hint-levels.ts';
import { count, type Report, type ReportFormat } from '../report/report.ts';
import { writeReport } from '../report/write-report.ts';
import { readSubgraphs } from '../supergraph/read-subgraph.ts';
import { readSupergraphConfig } from '../supergraph/read-supergraph-config.ts';
import { displayPath } from '../supergraph/read-text-file.ts';
import { writeFileAtomically } from '../supergraph/write-file-atomically.ts';
import type { Terminal } from '../terminal.ts';

export interface ComposeOptions extends HintOptions {
  config: string;
  output?: string;
  check?: boolean;
  format: ReportFormat;
}

/** `trellis supergraph compose`. Nothing is written when composing fails or a hint counts as an error. */
export async function compose(options: ComposeOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.check === true && options.output === undefined) {
    throw new CommandError(
      '--check needs --output: the file that should be up to date',
      exitCodes.usage,
    );
  }
  const config = await readSupergraphConfig(options.config, terminal);
  const composition = composeSubgraphs(await readSubgraphs(config, terminal));
  const report = composeReport(composition, options);
  const sdl = composition.isComposed && report.passed ? composition.supergraphSdl : undefined;
  if (sdl !== undefined && options.output !== undefined) {
    await deliver(
      { sdl, output: options.output, isCheck: options.check === true },
      report,
      terminal,
    );
  }
  writeResult({ report, sdl, options }, terminal);
  return report.passed ? exitCodes.passed : exitCodes.findings;
}

function composeReport(composition: Composition, options: ComposeOptions): Report {
  const problems = composition.isComposed
    ? applyHintLevels(composition.hints, options)
    : proposeFixes(composition);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const subgraphs = count(composition.subgraphs.length, 'subgraph');
  const hidden = composition.isComposed ? composition.hints.length - problems.length : 0;
  const hints = hidden > 0 ? `; ${count(hidden, 'hint')} not shown (--hints info)` : '';
  return {
    command: 'supergraph compose',
    passed: errors === 0,
    summary:
      errors === 0
        ? `composed ${subgraphs}${hints}`
        : `composition failed with ${count(errors, 'error')}; nothing was written`,
    problems,
    tables: [],
    details: {},
  };
}

interface Delivery {
  sdl: string;
  output: string;
  isCheck: boolean;
}

async function deliver(delivery: Delivery, report: Report, terminal: Terminal): Promise<void> {
  const file = resolve(terminal.cwd, delivery.output);
  const shown = displayPath(file, terminal.cwd);
  const current = await readFile(file, 'utf8').catch(() => undefined);
  if (current === delivery.sdl) {
    report.summary += `; ${shown} is up to date`;
  } else if (delivery.isCheck) {
    report.passed = false;
    report.problems.push({
      code: 'SUPERGRAPH_OUT_OF_DATE',
      severity: 'error',
      message: `${shown} ${current === undefined ? 'does not exist' : 'is not what the subgraphs compose to'}; run the same command without --check and commit the file`,
      subgraphs: [],
      places: [],
    });
    report.summary = `${shown} is out of date`;
  } else {
    await writeFileAtomically(file, delivery.sdl);
    report.summary += `; wrote ${shown}`;
  }
}

interface Result {
  report: Report;
  sdl: string | undefined;
  options: ComposeOptions;
}

/** The schema goes to standard output unless a file or the report takes it; a text report never mixes with it. */
function writeResult({ report, sdl, options }: Result, terminal: Terminal): void {
  const { format, output } = options;
  if (format === 'text') {
    terminal.err(writeReport(report, format, terminal.colours.err));
    if (output === undefined && sdl !== undefined) terminal.out(sdl);
    return;
  }
  if (output === undefined && sdl !== undefined) report.details['supergraphSdl'] = sdl;
  terminal.out(writeReport(report, format));
}
