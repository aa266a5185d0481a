import { Kind } from 'graphql';
import { placeOfNode } from '../compose/locate.ts';
import type { ParsedSubgraph } from '../compose/parse-subgraph.ts';
import { nearestName } from '../fixes/nearest-name.ts';
import { CommandError } from '../command-error.ts';
import type { Problem, Severity } from '../report/problem.ts';
import type { Settings } from '../settings.ts';
import type { LintFinding, LintRule } from './lint-rule.ts';
import { connectionShape } from './rules/connection-shape.ts';
import { deprecation } from './rules/deprecation.ts';
import { enumValueName } from './rules/enum-value-name.ts';
import { fieldName } from './rules/field-name.ts';
import { inputName } from './rules/input-name.ts';
import { keySanity } from './rules/key-sanity.ts';
import { listItemNullability } from './rules/list-item-nullability.ts';
import { listPagination } from './rules/list-pagination.ts';
import { mutationShape } from './rules/mutation-shape.ts';
import { referenceNullability } from './rules/reference-nullability.ts';
import { rootFieldDescription } from './rules/root-field-description.ts';
import { typeDescription } from './rules/type-description.ts';
import { typeName } from './rules/type-name.ts';
import { unusedType } from './rules/unused-type.ts';
import { withoutMachinery } from './without-machinery.ts';

/** All rules, by name. */
export const lintRules: readonly LintRule[] = [
  connectionShape,
  deprecation,
  enumValueName,
  fieldName,
  inputName,
  keySanity,
  listItemNullability,
  listPagination,
  mutationShape,
  referenceNullability,
  rootFieldDescription,
  typeDescription,
  typeName,
  unusedType,
];

type RuleSettings = Settings['lint']['rules'];

/**
 * Runs every rule that is not off. A line `# trellis-ignore RULE: why` above the element silences one finding.
 * @throws CommandError when the settings name a rule that does not exist
 */
export function lintSubgraph(
  given: ParsedSubgraph,
  settings: RuleSettings,
  today: string,
): Problem[] {
  checkRuleNames(settings);
  const subgraph = { ...given, document: withoutMachinery(given.document) };
  return lintRules.flatMap((rule) => {
    const { level, options } = levelOf(rule, settings);
    if (level === 'off') return [];
    return rule
      .check({ subgraph, options, today })
      .flatMap((finding) => toProblem({ finding, rule, level, subgraph }));
  });
}

function levelOf(rule: LintRule, settings: RuleSettings) {
  const setting = settings[rule.name];
  if (setting === undefined) return { level: rule.level, options: {} };
  return typeof setting === 'string'
    ? { level: setting, options: {} }
    : { level: setting[0], options: setting[1] };
}

function checkRuleNames(settings: RuleSettings): void {
  const names = lintRules.map(({ name }) => name);
  for (const name of Object.keys(settings)) {
    if (names.includes(name)) continue;
    const near = nearestName(name, names);
    const help = near === undefined ? `rules are ${names.join(', ')}` : `did you mean ${near}?`;
    throw new CommandError(`lint.rules.${name}: there is no such rule; ${help}`);
  }
}

interface Found {
  finding: LintFinding;
  rule: LintRule;
  level: Severity;
  subgraph: ParsedSubgraph;
}

function toProblem({ finding, rule, level, subgraph }: Found): Problem[] {
  const place = placeOfNode(finding.node, new Set([subgraph.origin]));
  const start = definitionLine(finding) ?? place?.line ?? 1;
  if (isIgnored(rule.name, start, subgraph.sdl)) return [];
  return [
    {
      code: `lint/${rule.name}`,
      severity: level,
      message: finding.message,
      subgraphs: [subgraph.name],
      places: place ? [{ ...place, subgraph: subgraph.name }] : [],
      coordinate: finding.coordinate,
    },
  ];
}

/** First line of the element with its description. */
function definitionLine({ node }: LintFinding): number | undefined {
  return node.kind === Kind.DIRECTIVE ? undefined : node.loc?.startToken.line;
}

function isIgnored(rule: string, line: number, sdl: string): boolean {
  const above = sdl.split('\n')[line - 2]?.trim() ?? '';
  const match = /^#\s*trellis-ignore\s+([\w-]+(?:\s*,\s*[\w-]+)*)/.exec(above);
  return match?.[1]?.split(/\s*,\s*/).includes(rule) === true;
}
