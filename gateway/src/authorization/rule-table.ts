import {
  GraphQLError,
  isObjectType,
  Kind,
  NoUnusedFragmentsRule,
  parse,
  specifiedRules,
  validate,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { ruleInputPrefix, type Guard } from '../request.ts';
import { compileDirectiveRules, type Policies } from './directive-rules.ts';
import { isRule, leavesOf, partsOf, type LeafRule } from './rule-parts.ts';
import { allow, and, type Permissions, type ShieldRule } from './shield.ts';

/** The rule of one field of one object type. */
export interface FieldRule {
  readonly rule: ShieldRule;
  /** What is to be fetched of the parent; one object for all fields of a type that are decided alike. */
  readonly guard: Guard;
}

/** Coordinate (`Type.field`) → rule. Fields that anybody may see are not in it. */
export type RuleTable = ReadonlyMap<string, FieldRule>;

export interface RuleSource {
  readonly sdl: string;
  readonly apiSchema: GraphQLSchema;
  /** The whole supergraph: rules may read what clients cannot. */
  readonly fullSchema: () => GraphQLSchema;
  readonly permissions: Permissions | undefined;
  readonly policies: Policies;
}

/** The rules do not fit the supergraph. One line per problem. */
export class PermissionsError extends Error {
  override readonly name = 'PermissionsError';
}

/**
 * Compiles a tree of rules and the access directives of a supergraph to one table. Where both speak, both must agree.
 * @throws PermissionsError when rules name what the schema lacks, share a name, or read what is not there
 */
export function compileRuleTable(source: RuleSource): RuleTable {
  const { apiSchema, permissions } = source;
  const byTree = permissions ? treeRules(apiSchema, permissions) : new Map<string, ShieldRule>();
  const byDirective = compileDirectiveRules(source.sdl, apiSchema, source.policies);
  const table = new Map<string, FieldRule>();
  const problems: string[] = findSharedNames(byTree.values());
  const guards = new Map<string, Map<ShieldRule, Guard>>();
  const guardOf = (rule: ShieldRule, coordinate: string): Guard => {
    const typeName = coordinate.split('.')[0] ?? '';
    const known = guards.get(typeName) ?? new Map<ShieldRule, Guard>();
    guards.set(typeName, known);
    const guard = known.get(rule) ?? { inputs: readInputs(rule, coordinate, source, problems) };
    if (isDecidedOnce(rule)) known.set(rule, guard);
    return guard;
  };
  for (const coordinate of new Set([...byTree.keys(), ...byDirective.keys()])) {
    const rules = [byDirective.get(coordinate), byTree.get(coordinate)].filter(
      (each) => each !== undefined,
    );
    const [only] = rules;
    if (!only || (rules.length === 1 && partsOf(only)?.kind === 'allow')) continue;
    const rule = rules.length === 1 ? only : and(...rules);
    table.set(coordinate, { rule, guard: guardOf(rule, coordinate) });
  }
  if (problems.length > 0) {
    throw new PermissionsError(`The permissions do not fit:\n- ${problems.join('\n- ')}`);
  }
  return table;
}

/** Whether a rule says the same of one parent and equal arguments, whichever field asks. */
function isDecidedOnce(rule: ShieldRule): boolean {
  return leavesOf(rule).every(({ cache }) => cache === 'strict' || cache === 'contextual');
}

/** As graphql-shield lays a tree over a schema: field, else `*` of the type, else the fallback. */
function treeRules(
  schema: GraphQLSchema,
  { ruleTree, options }: Permissions,
): Map<string, ShieldRule> {
  const fallback = options.fallbackRule ?? allow;
  const rules = new Map<string, ShieldRule>();
  const problems: string[] = [];
  const byType = isRule(ruleTree) ? undefined : ruleTree;
  for (const name of Object.keys(byType ?? {})) {
    if (!isObjectType(schema.getType(name))) {
      problems.push(`rules name "${name}", which is no object type of the schema`);
    }
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const entry = byType ? byType[type.name] : (ruleTree as ShieldRule);
    const byField: Readonly<Record<string, unknown>> =
      entry === undefined ? {} : isRule(entry) ? { '*': entry } : entry;
    problems.push(...findProblems(type, byField));
    for (const field of Object.keys(type.getFields())) {
      rules.set(
        `${type.name}.${field}`,
        (own(byField, field) ?? own(byField, '*') ?? fallback) as ShieldRule,
      );
    }
  }
  if (problems.length > 0) {
    throw new PermissionsError(`The permissions do not fit:\n- ${problems.join('\n- ')}`);
  }
  return rules;
}

function own(byField: Readonly<Record<string, unknown>>, field: string): unknown {
  return Object.hasOwn(byField, field) ? byField[field] : undefined;
}

function findProblems(
  type: GraphQLObjectType,
  byField: Readonly<Record<string, unknown>>,
): string[] {
  const fields = type.getFields();
  return Object.entries(byField).flatMap(([field, rule]) => {
    if (field !== '*' && !Object.hasOwn(fields, field)) {
      return [`rules name "${type.name}.${field}", which the schema lacks`];
    }
    return isRule(rule) ? [] : [`"${type.name}.${field}" has something that is no rule`];
  });
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

function readInputs(
  rule: ShieldRule,
  coordinate: string,
  { fullSchema }: RuleSource,
  problems: string[],
): InlineFragmentNode[] {
  const typeName = coordinate.split('.')[0] ?? '';
  const texts = new Set(leavesOf(rule).flatMap(({ fragment }) => fragment ?? []));
  return [...texts].flatMap((text) => {
    try {
      const fragment = parseFragment(text, typeName);
      const document = { kind: Kind.DOCUMENT, definitions: [fragment] } as const;
      const rules = specifiedRules.filter((each) => each !== NoUnusedFragmentsRule);
      for (const { message } of validate(fullSchema(), document, rules)) {
        problems.push(`the fragment of a rule on ${coordinate}: ${message}`);
      }
      const selectionSet = setApart(fragment.selectionSet);
      const { typeCondition } = fragment;
      return [{ kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet }];
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      problems.push(`the fragment of a rule on ${coordinate} is not GraphQL: ${error.message}`);
      return [];
    }
  });
}

/** Gives objects that a rule reads a place of their own. */
function setApart(set: SelectionSetNode): SelectionSetNode {
  const selections = set.selections.map((selection): SelectionNode => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return { ...selection, selectionSet: setApart(selection.selectionSet) };
    }
    if (selection.kind !== Kind.FIELD || !selection.selectionSet) return selection;
    const responseName = selection.alias?.value ?? selection.name.value;
    return { ...selection, alias: { kind: Kind.NAME, value: `${ruleInputPrefix}${responseName}` } };
  });
  return { ...set, selections };
}

/** A fragment as rules write it: `fragment F on User { id }`, `... on User { id }`, `{ id }` or `id`. */
function parseFragment(text: string, typeName: string): FragmentDefinitionNode {
  const trimmed = text.trim();
  const whole = trimmed.startsWith('fragment')
    ? trimmed
    : `fragment Inputs on ${typeName} ${trimmed.startsWith('{') ? trimmed : `{ ${trimmed} }`}`;
  const [definition] = parse(whole, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.FRAGMENT_DEFINITION) throw new GraphQLError('not a fragment');
  return definition;
}
