import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Guard } from '../request.ts';
import { atOnce, createPace, type Turns } from '../turns.ts';
import { compileDirectiveRules, type Policies } from './directive-rules.ts';
import { compileRule, type Evaluate, type LeafJudge } from './evaluate.ts';
import { verdictOf, type Early, type Outcome } from './outcome.ts';
import { loadShield } from '@trellis/platform/load-shield';
import { fragmentTexts, readInputs } from './rule-inputs.ts';
import { isRule, leavesOf, partsOf, type LeafRule } from './rule-parts.ts';
import type { Permissions, ShieldRule } from './shield.ts';
import { PermissionsError, readTreeRules, type RuleOrigin } from './tree-rules.ts';

/** The rule of one field of one object type. */
export interface FieldRule {
  readonly rule: ShieldRule;
  readonly evaluate: Evaluate;
  /** Whether the context can decide it. Otherwise it says `early` before there are objects, of whomever. */
  readonly asksContext: boolean;
  readonly early: Early;
  /** Whether it says the same of one parent and equal arguments, whichever field asks. */
  readonly isDecidedOnce: boolean;
  /** Whether a part of it is `strict`. */
  readonly isStrict: boolean;
  /** Equal for rules that read the same of one type. */
  readonly reads: string;
  /** What is to be fetched of the parent; one object for all fields of a type that are decided alike. */
  readonly guard: Guard;
}

/** Coordinate (`Type.field`) → rule. Fields that anybody may see are not in it. */
export type RuleTable = ReadonlyMap<string, FieldRule>;

export interface RuleSource {
  readonly document: () => DocumentNode;
  readonly apiSchema: GraphQLSchema;
  /** The whole supergraph: rules may read what clients cannot. */
  readonly fullSchema: () => GraphQLSchema;
  readonly permissions: Permissions | undefined;
  readonly policies: Policies;
}

/** A field's rule before it is compiled. */
export interface DeclaredRule {
  readonly rule: ShieldRule;
  /** Two where both the tree and a directive speak of the field. */
  readonly origins: readonly RuleOrigin[];
}

/**
 * Reads the rule of every field that a tree or an access directive speaks of. Where both do, both must agree.
 * @throws PermissionsError when the tree does not fit the schema
 */
export function readDeclaredRules(source: RuleSource): Map<string, DeclaredRule> {
  return atOnce(declaredRules(source));
}

function* declaredRules(source: RuleSource): Turns<Map<string, DeclaredRule>> {
  const { apiSchema, permissions } = source;
  const byTree = permissions ? readTreeRules(apiSchema, permissions) : new Map<string, never>();
  yield;
  const byDirective = compileDirectiveRules(source.document(), apiSchema, source.policies);
  yield;
  const rules = new Map<string, DeclaredRule>();
  for (const coordinate of new Set([...byTree.keys(), ...byDirective.keys()])) {
    const directive = byDirective.get(coordinate);
    const tree = byTree.get(coordinate);
    if (directive === undefined) {
      if (tree) rules.set(coordinate, { rule: tree.rule, origins: [tree.origin] });
    } else if (!tree || tree.origin === 'none') {
      rules.set(coordinate, { rule: directive, origins: ['directive'] });
    } else {
      const rule = loadShield().and(directive, tree.rule);
      rules.set(coordinate, { rule, origins: ['directive', tree.origin] });
    }
  }
  return rules;
}

/**
 * Compiles a tree of rules and the access directives of a supergraph to one table.
 * @throws PermissionsError when rules name what the schema lacks, share a name, or read what is not there
 */
export function* compileRuleTable(source: RuleSource): Turns<RuleTable> {
  const declared = yield* declaredRules(source);
  yield;
  const pace = createPace();
  const table = new Map<string, FieldRule>();
  const problems: string[] = findSharedNames([...declared.values()].map(({ rule }) => rule));
  const guards = new Map<string, Map<ShieldRule, Guard>>();
  const guardOf = (rule: ShieldRule, coordinate: string): Guard => {
    const typeName = coordinate.split('.')[0] ?? '';
    const known = guards.get(typeName) ?? new Map<ShieldRule, Guard>();
    guards.set(typeName, known);
    const guard = known.get(rule) ?? { inputs: readInputs(rule, coordinate, source, problems) };
    if (isDecidedOnce(rule)) known.set(rule, guard);
    return guard;
  };
  yield;
  for (const [coordinate, { rule }] of declared) {
    yield* pace();
    if (partsOf(rule)?.kind === 'allow') continue;
    const leaves = leavesOf(rule);
    table.set(coordinate, {
      rule,
      ...compileEarly(rule),
      isStrict: leaves.some(({ cache }) => cache === 'strict'),
      guard: guardOf(rule, coordinate),
      isDecidedOnce: isDecidedOnce(rule),
      reads: [coordinate.split('.')[0], ...fragmentTexts(rule)].join('\n'),
    });
  }
  if (problems.length > 0) throw new PermissionsError(problems);
  return table;
}

/** Whether any rule of a tree reads fields of its parent. */
export function readsParents(permissions: Permissions | undefined): boolean {
  if (!permissions) return false;
  const { ruleTree, options } = permissions;
  const byType: readonly unknown[] = isRule(ruleTree) ? [ruleTree] : Object.values(ruleTree);
  const rules = byType.flatMap((each): readonly unknown[] =>
    isRule(each) ? [each] : Object.values(each ?? {}),
  );
  return [...rules, options.fallbackRule].some(
    (rule) => isRule(rule) && fragmentTexts(rule).length > 0,
  );
}

function compileEarly(rule: ShieldRule): Pick<FieldRule, 'evaluate' | 'asksContext' | 'early'> {
  const evaluate = compileRule(rule);
  const asksContext = leavesOf(rule).some(({ cache }) => cache === 'contextual');
  const outcome = asksContext ? undefined : evaluate(nobody, undefined);
  return { evaluate, asksContext, early: verdictOf(outcome as Outcome) };
}

/** Knows nothing yet. */
const nobody: LeafJudge = { judgeLeaf: () => undefined };

function isDecidedOnce(rule: ShieldRule): boolean {
  return leavesOf(rule).every(({ cache }) => cache === 'strict' || cache === 'contextual');
}

/** graphql-shield keeps verdicts by the names of rules: two of one name are one too many. */
function findSharedNames(rules: Iterable<ShieldRule>): string[] {
  const byName = new Map<string, LeafRule>();
  const shared = new Set<string>();
  for (const rule of rules) {
    for (const leaf of leavesOf(rule)) {
      const known = byName.get(leaf.name);
      if (known && known.func !== leaf.func) shared.add(leaf.name);
      byName.set(leaf.name, leaf);
    }
  }
  return [...shared].map((name) => `there are several rules named "${name}"`);
}
