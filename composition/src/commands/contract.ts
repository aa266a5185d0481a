import { resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import { buildContract } from '../contract/build-contract.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openSupergraph } from '../graph/open-supergraph.ts';
import { readSupergraph } from '../graph/read-supergraph.ts';
import { count, type Report, type ReportFormat } from '../report/report.ts';
import { writeReport } from '../report/write-report.ts';
import { readSettings } from '../settings.ts';
import { writeFileAtomically } from '../supergraph/write-file-atomically.ts';
import { displayPath } from '../supergraph/read-text-file.ts';
import type { Terminal } from '../terminal.ts';

export interface ContractOptions {
  supergraph: string;
  settings?: string;
  include?: string[];
  exclude?: string[];
  output?: string;
  format: ReportFormat;
}

interface NamedContract {
  name: string;
  include: string[];
  exclude: string[];
  output: string | undefined;
}

/** `trellis contract build [names…]`: variants of the graph by tag. Nothing is written when one of them fails. */
export async function contract(
  names: string[],
  options: ContractOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const chosen = await chosenContracts(names, options, terminal);
  const { sdl, shownAs } = await readSupergraph(options.supergraph, terminal);
  openSupergraph(sdl, shownAs);
  const built = chosen.map((one) => ({ ...one, contract: buildContract(sdl, one) }));
  const problems = built.flatMap(({ name, contract: result }) =>
    'problems' in result
      ? result.problems.map((problem) => ({
          ...problem,
          message: `Contract ${name}: ${problem.message}`,
        }))
      : [],
  );
  const passed = problems.length === 0;
  const rows: string[][] = [];
  for (const { name, output, contract: result } of built) {
    if (!passed || 'problems' in result) continue;
    const hidden = result.hidden.filter((coordinate) => !coordinate.includes('.')).length;
    const file = output === undefined ? undefined : resolve(terminal.cwd, output);
    if (file !== undefined) await writeFileAtomically(file, result.sdl);
    rows.push([
      name,
      file === undefined ? '-' : displayPath(file, terminal.cwd),
      String(result.hidden.length - hidden),
      String(hidden),
    ]);
  }
  const report: Report = {
    command: 'contract build',
    passed,
    summary: passed
      ? `${count(built.length, 'contract')} of ${shownAs}`
      : `${count(problems.length, 'error')}; nothing was written`,
    problems,
    tables:
      rows.length > 0
        ? [
            {
              title: 'Contracts',
              columns: ['name', 'file', 'members hidden', 'types hidden'],
              rows,
            },
          ]
        : [],
    details: {},
  };
  const [only] = built;
  const isToStdout = passed && built.length === 1 && only?.output === undefined;
  if (isToStdout && only && 'sdl' in only.contract) terminal.out(only.contract.sdl);
  else terminal.out(writeReport(report, options.format, terminal.colours.out));
  return passed ? exitCodes.passed : exitCodes.findings;
}

async function chosenContracts(
  names: string[],
  options: ContractOptions,
  terminal: Terminal,
): Promise<NamedContract[]> {
  const { include, exclude, output } = options;
  if (include || exclude) {
    return [
      { name: names[0] ?? 'contract', include: include ?? [], exclude: exclude ?? [], output },
    ];
  }
  const { contracts } = await readSettings(options.settings, terminal);
  const all = Object.entries(contracts).map(([name, one]) => ({
    name,
    ...one,
    output: output ?? one.output ?? (names.length === 1 ? undefined : `contracts/${name}.graphql`),
  }));
  const known = all.map(({ name }) => name).join(', ');
  for (const name of names) {
    if (!all.some((one) => one.name === name)) {
      throw new CommandError(
        `there is no contract ${name}; trellis.yaml has ${known === '' ? 'none' : known}`,
        exitCodes.usage,
      );
    }
  }
  const chosen = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  if (chosen.length === 0) {
    throw new CommandError(
      'there is no contract: name them in trellis.yaml, or give --include or --exclude',
      exitCodes.usage,
    );
  }
  if (output !== undefined && chosen.length > 1) {
    throw new CommandError('--output needs one contract: name it', exitCodes.usage);
  }
  return chosen;
}
