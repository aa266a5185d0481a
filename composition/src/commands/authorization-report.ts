import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { applyAccepted, readAccepted } from '../authorization/accepted.ts';
import { fieldSetUses } from '../authorization/field-set-uses.ts';
import { findExposures } from '../authorization/find-exposures.ts';
import { inspect, type RuleFiles, type RulesOfGraph } from '../authorization/inspect.ts';
import { locateFields } from '../authorization/locate-fields.ts';
import { makeRulesReport } from '../authorization/make-report.ts';
import { compareSnapshot, parseSnapshot, writeSnapshot } from '../authorization/snapshot.ts';
import { CommandError } from '../command-error.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openSupergraph } from '../graph/open-supergraph.ts';
import { readSupergraph, type SupergraphText } from '../graph/read-supergraph.ts';
import type { Problem } from '../report/problem.ts';
import type { ReportFormat } from '../report/report.ts';
import { writeReport } from '../report/write-report.ts';
import { readSettings, type Settings } from '../settings.ts';
import { displayPath, readTextFile } from '../supergraph/read-text-file.ts';
import { writeFileAtomically } from '../supergraph/write-file-atomically.ts';
import type { Terminal } from '../terminal.ts';

/** Options that name where rules come from. */
export interface RuleOptions {
  supergraph: string;
  permissions?: string;
  config?: string;
  settings?: string;
}

export interface AuthorizationReportOptions extends RuleOptions {
  snapshot?: string;
  accepted?: string;
  check?: boolean;
  write?: boolean;
  /** Whether every field is listed. */
  fields: boolean;
  format: ReportFormat;
}

const defaultSnapshot = 'authorization.snapshot';

/** `trellis authorization report`: every field of the graph with its rule, and what is wrong with that. */
export async function authorizationReport(
  options: AuthorizationReportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const settings = await readSettings(options.settings, terminal);
  const text = await readSupergraph(options.supergraph, terminal);
  const opened = openSupergraph(text.sdl, text.shownAs);
  const rules = await withRuleFiles({ options, settings, text, terminal }, (files) =>
    inspect<RulesOfGraph>('report', { ...files }, terminal),
  );
  const file = options.snapshot ?? settings.authorization.snapshot ?? defaultSnapshot;
  const snapshot = resolve(terminal.cwd, file);
  if (options.write) await writeFileAtomically(snapshot, writeSnapshot(rules.fields));
  const places = locateFields(text.sdl, text.shownAs);
  const fullSchema = opened.supergraph.schema.toGraphQLJSSchema();
  const exposures = findExposures({
    schema: opened.apiSchema(),
    fields: rules.fields,
    uses: fieldSetUses(text.sdl, fullSchema),
  });
  const found = [
    ...(await compareWith(snapshot, { rules, options, terminal })),
    ...exposures.map((each): Problem => ({
      ...each,
      severity: 'error',
      subgraphs: [],
      places: [],
    })),
  ].map((problem): Problem => {
    const place = places.get(problem.coordinate ?? '');
    return place ? { ...problem, places: [place] } : problem;
  });
  const acceptedFile = options.accepted ?? settings.authorization.accepted;
  const accepted = acceptedFile === undefined ? [] : await readAccepted(acceptedFile, terminal);
  const report = makeRulesReport({
    rules,
    problems: applyAccepted(found, accepted),
    isChecking: options.check === true,
    showsFields: options.fields,
  });
  terminal.out(writeReport(report, options.format, terminal.colours.out));
  return report.passed ? exitCodes.passed : exitCodes.findings;
}

async function compareWith(
  snapshot: string,
  {
    rules,
    options,
    terminal,
  }: { rules: RulesOfGraph; options: AuthorizationReportOptions; terminal: Terminal },
): Promise<Problem[]> {
  const shownAs = displayPath(snapshot, terminal.cwd);
  if (!existsSync(snapshot)) {
    if (!options.check) return [];
    throw new CommandError(
      `${shownAs}: there is no snapshot to compare with; make one with: trellis authorization report --write`,
      exitCodes.input,
    );
  }
  return compareSnapshot(rules.fields, parseSnapshot(await readTextFile(snapshot, shownAs)));
}

export interface RuleFilesInput {
  options: RuleOptions;
  settings: Settings;
  text: SupergraphText;
  terminal: Terminal;
}

/** Puts the supergraph where the gateway can read it, wherever it came from, while something is done. */
export async function withRuleFiles<Result>(
  { options, settings, text, terminal }: RuleFilesInput,
  use: (files: RuleFiles) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-rules-'));
  try {
    const supergraph = join(folder, 'supergraph.graphql');
    await writeFile(supergraph, text.sdl);
    const permissions = options.permissions ?? settings.authorization.permissions;
    const config = options.config ?? settings.authorization.gatewayConfig;
    return await use({
      supergraph,
      ...(permissions === undefined ? {} : { permissions: resolve(terminal.cwd, permissions) }),
      ...(config === undefined ? {} : { config: resolve(terminal.cwd, config) }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
