import { resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import { createFindAffected, type FindAffected } from '../check/affected-operations.ts';
import { applyApprovals, readApprovals } from '../check/approvals.ts';
import { compareApi } from '../check/compare-api.ts';
import { findBrokenOperations } from '../check/find-broken-operations.ts';
import { createFindOwners } from '../check/find-owners.ts';
import { judgeChanges } from '../check/judge-changes.ts';
import { judgeCoverage } from '../check/judge-coverage.ts';
import { makeCheckReport, type CheckFindings } from '../check/make-check-report.ts';
import { composeSubgraphs, type Composition } from '../compose/compose-subgraphs.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { proposeFixes } from '../fixes/propose-fixes.ts';
import { openComposed, openSupergraph, type OpenSupergraph } from '../graph/open-supergraph.ts';
import { readSupergraph } from '../graph/read-supergraph.ts';
import type { KnownOperation } from '../operations/known-operation.ts';
import { readUsage } from '../operations/read-operations.ts';
import type { PlanComparison } from '../plan/compare-plans.ts';
import { applyHintLevels, type HintOptions } from '../report/hint-levels.ts';
import type { Problem } from '../report/problem.ts';
import { count, isReportFormat, type Report, type ReportFormat } from '../report/report.ts';
import { writeReport } from '../report/write-report.ts';
import { readSettings, type Settings } from '../settings.ts';
import { readSubgraphs } from '../supergraph/read-subgraph.ts';
import {
  readSupergraphConfig,
  type SupergraphConfig,
} from '../supergraph/read-supergraph-config.ts';
import { writeFileAtomically } from '../supergraph/write-file-atomically.ts';
import type { Terminal } from '../terminal.ts';

export interface CheckOptions extends HintOptions {
  config: string;
  against: string;
  /** `name=file`: schema of one subgraph instead of the one supergraph.yaml names. */
  schema?: string[];
  operations?: string[];
  sinceDays?: number;
  approvals?: string;
  settings?: string;
  plans: boolean;
  /** `format=file`: the same report once more, for a summary or a comment. */
  report?: string[];
  format: ReportFormat;
}

/** `trellis supergraph check`: composition, API changes, known operations, plan costs, authorization. */
export async function check(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const settings = await readSettings(options.settings, terminal);
  const config = replaceSchemas(
    await readSupergraphConfig(options.config, terminal),
    options,
    terminal,
  );
  const composition = composeSubgraphs(await readSubgraphs(config, terminal));
  const report = composition.isComposed
    ? await checkComposed({ composition, options, settings, terminal })
    : failedComposition(composition);
  terminal.out(writeReport(report, options.format, terminal.colours.out));
  await writeReportFiles(report, options.report ?? [], terminal);
  return report.passed ? exitCodes.passed : exitCodes.findings;
}

async function writeReportFiles(
  report: Report,
  wanted: string[],
  terminal: Terminal,
): Promise<void> {
  for (const value of wanted) {
    const [, format = '', file = ''] = /^([^=]+)=(.+)$/.exec(value) ?? [];
    if (!isReportFormat(format)) {
      throw new CommandError(
        `--report ${value}: expected format=file, such as markdown=summary.md`,
        exitCodes.usage,
      );
    }
    await writeFileAtomically(resolve(terminal.cwd, file), writeReport(report, format));
  }
}

type Composed = Extract<Composition, { isComposed: true }>;

interface CheckInput {
  composition: Composed;
  options: CheckOptions;
  settings: Settings;
  terminal: Terminal;
}

function failedComposition(composition: Extract<Composition, { isComposed: false }>): Report {
  const problems = proposeFixes(composition);
  return {
    command: 'supergraph check',
    passed: false,
    summary: `composition failed with ${count(problems.length, 'error')}`,
    problems,
    tables: [],
    details: { composition: 'failed' },
  };
}

async function checkComposed({
  composition,
  options,
  settings,
  terminal,
}: CheckInput): Promise<Report> {
  const text = await readSupergraph(options.against, terminal);
  const before = openSupergraph(text.sdl, text.shownAs);
  const isSame = text.sdl === composition.supergraphSdl;
  const after = isSame ? before : openComposed(composition.schema, composition.supergraphSdl);
  const { operations, coverage } = await knownUsage(options, settings, terminal);
  const changes = isSame ? [] : await compareApi(before.apiSchema(), after.apiSchema());
  const findAffected =
    operations.length > 0 ? createFindAffected(operations, before.apiSchema()) : undefined;
  const comparisons = await plans({ operations, before, after, settings, options });
  const judged = judgeChanges({
    changes,
    subgraphs: composition.subgraphs,
    findAffected,
    findOwners: createFindOwners(before),
  });
  const sinceDays = options.sinceDays ?? settings.usageDays;
  const gaps = coverage ? judgeCoverage(coverage, { sinceDays, problems: judged }) : [];
  const found: Problem[] = [
    ...applyHintLevels(composition.hints, options),
    ...[...judged, ...gaps].map((problem) => raise(problem, options.failOn ?? [])),
    ...brokenOperations({ changes, operations, before, after }, findAffected),
    ...comparisons.flatMap(({ problem }) => (problem ? [problem] : [])),
  ];
  const approvalsFile = options.approvals ?? settings.approvals;
  const approvals = approvalsFile === undefined ? [] : await readApprovals(approvalsFile, terminal);
  const today = new Date().toISOString().slice(0, 10);
  const problems = applyApprovals(found, approvals, today);
  const subgraphs = composition.subgraphs.length;
  return makeCheckReport({
    problems,
    changes,
    comparisons,
    before,
    after,
    operations,
    subgraphs,
    findAffected,
  });
}

function brokenOperations(
  {
    changes,
    operations,
    before,
    after,
  }: Pick<CheckFindings, 'changes' | 'operations' | 'before' | 'after'>,
  findAffected: FindAffected | undefined,
): Problem[] {
  if (!findAffected || changes.length === 0) return [];
  const breaking = changes.filter(({ level }) => level === 'breaking');
  const explained = new Set(breaking.flatMap(findAffected));
  return findBrokenOperations(
    operations,
    { before: before.apiSchema(), after: after.apiSchema() },
    explained,
  );
}

/** `--fail-on dangerous` makes dangerous changes errors. */
function raise(problem: Problem, failOn: string[]): Problem {
  const isRaised =
    problem.severity === 'warning' &&
    failOn.some((name) => name === 'dangerous' || name === problem.code);
  return isRaised ? { ...problem, severity: 'error' } : problem;
}

function knownUsage(
  options: CheckOptions,
  settings: Settings,
  terminal: Terminal,
): ReturnType<typeof readUsage> {
  const sinceDays = options.sinceDays ?? settings.usageDays;
  return readUsage({ paths: options.operations ?? settings.operations, sinceDays }, terminal);
}

interface PlanInput {
  operations: KnownOperation[];
  before: OpenSupergraph;
  after: OpenSupergraph;
  settings: Settings;
  options: CheckOptions;
}

async function plans({
  operations,
  before,
  after,
  settings,
  options,
}: PlanInput): Promise<PlanComparison[]> {
  const { budgets } = settings;
  const hasBudget =
    Object.keys(budgets.default).length > 0 || Object.keys(budgets.operations).length > 0;
  // Nothing can have changed, and no budget asks for the figures.
  if (!options.plans || operations.length === 0 || (before === after && !hasBudget)) return [];
  const { comparePlans } = await import('../plan/compare-plans.ts');
  return comparePlans({ operations, before, after, budgets });
}

/** `--schema orders=build/orders.graphql`: for repositories that hold one subgraph only. */
function replaceSchemas(
  config: SupergraphConfig,
  { schema = [] }: CheckOptions,
  terminal: Terminal,
): SupergraphConfig {
  const replaced = new Map(
    schema.map((value) => {
      const [, name = '', file = ''] = /^([^=]+)=(.+)$/.exec(value) ?? [];
      if (config.subgraphs.some((subgraph) => subgraph.name === name)) return [name, file] as const;
      throw new CommandError(
        `--schema ${value}: expected name=file with the name of a subgraph`,
        2,
      );
    }),
  );
  const subgraphs = config.subgraphs.map((entry) => {
    const file = replaced.get(entry.name);
    if (file === undefined) return entry;
    return { ...entry, source: { kind: 'file' as const, file: resolve(terminal.cwd, file) } };
  });
  return { ...config, subgraphs };
}
