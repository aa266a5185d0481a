import { isObjectType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { loadShield } from '@trellis/platform/load-shield';
import { ConfigError } from '@trellis/platform/read-config';
import { isRule } from './rule-parts.ts';
import type { Permissions, ShieldRule } from './shield.ts';

/**
 * Where a field has its rule from: the tree names it, its type's `*` or the rule for all, `fallbackRule`, an access
 * directive of the supergraph, or nowhere.
 */
export type RuleOrigin = 'own' | 'inherited' | 'fallback' | 'directive' | 'none';

export interface OriginalRule {
  readonly rule: ShieldRule;
  readonly origin: RuleOrigin;
}

/** The rules do not fit the supergraph: a setting is wrong, whatever the supergraph. One line per problem. */
export class PermissionsError extends ConfigError {
  constructor(problems: readonly string[]) {
    super(problems.map((problem) => `authorization.permissions: ${problem}`).join('\n'));
  }
}

/** As graphql-shield lays a tree over a schema: field, else `*` of the type, else the fallback. */
export function readTreeRules(
  schema: GraphQLSchema,
  { ruleTree, options }: Permissions,
): Map<string, OriginalRule> {
  const { fallbackRule = loadShield().allow } = options;
  const fallbackOrigin = options.fallbackRule ? 'fallback' : 'none';
  const rules = new Map<string, OriginalRule>();
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
      const own = ownValue(byField, field);
      const inherited = ownValue(byField, '*');
      rules.set(`${type.name}.${field}`, {
        rule: (own ?? inherited ?? fallbackRule) as ShieldRule,
        origin: own !== undefined ? 'own' : inherited !== undefined ? 'inherited' : fallbackOrigin,
      });
    }
  }
  if (problems.length > 0) throw new PermissionsError(problems);
  return rules;
}

function ownValue(byField: Readonly<Record<string, unknown>>, field: string): unknown {
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
