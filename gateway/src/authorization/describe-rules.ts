import { isNonNullType, isObjectType } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import type { Snapshot } from '../supergraph/snapshot.ts';
import { atOnce } from '../turns.ts';
import type { PermissionsModule } from './load-permissions.ts';
import { printRule } from './print-rule.ts';
import { leavesOf, partsOf } from './rule-parts.ts';
import { compileRuleTable, readDeclaredRules, type RuleSource } from './rule-table.ts';
import type { RuleOrigin } from './tree-rules.ts';

/** A field of the graph and who may see it. Plain JSON: the command line prints it. */
export interface DescribedField {
  /** `Type.field`. */
  readonly coordinate: string;
  /** The field's type, such as `String!`. */
  readonly type: string;
  readonly isNonNull: boolean;
  /** Such as `or(isSupport, isSelf)`; `none` without a rule. */
  readonly rule: string;
  /** Where it comes from: `own`, `inherited`, `fallback`, `directive` (with a `+` where two agree), or `none`. */
  readonly origin: string;
  /** Whether anybody may see it, by `allow` or for want of a rule. */
  readonly isOpen: boolean;
  /** When a request is decided. */
  readonly decided: 'never' | 'before planning' | 'with its arguments' | 'object by object';
}

/** What rules are compiled from. */
export function sourceOf(
  { apiSchema, document, fullSchema }: Snapshot,
  { permissions, policies = {} }: PermissionsModule,
): RuleSource {
  let made: GraphQLSchema | undefined;
  // Each rule that reads its parent is checked against it.
  const once = (): GraphQLSchema => (made ??= fullSchema());
  return { document, apiSchema, fullSchema: once, permissions, policies };
}

/**
 * Describes every field of every object type that clients see, sorted.
 * @throws PermissionsError when the rules do not fit the supergraph
 */
export function describeRules(snapshot: Snapshot, module: PermissionsModule): DescribedField[] {
  const source = sourceOf(snapshot, module);
  atOnce(compileRuleTable(source));
  const declared = readDeclaredRules(source);
  const { apiSchema } = snapshot;
  const roots = new Set(
    [apiSchema.getQueryType(), apiSchema.getMutationType(), apiSchema.getSubscriptionType()].map(
      (type) => type?.name,
    ),
  );
  const fields = Object.values(apiSchema.getTypeMap()).flatMap((type): DescribedField[] => {
    if (!isObjectType(type) || type.name.startsWith('__')) return [];
    return Object.values(type.getFields()).map((field) => {
      const coordinate = `${type.name}.${field.name}`;
      const { rule, origins } = declared.get(coordinate) ?? { origins: ['none'] as RuleOrigin[] };
      const isNone = rule === undefined || origins.join() === 'none';
      const isOpen = isNone || partsOf(rule)?.kind === 'allow';
      return {
        coordinate,
        type: String(field.type),
        isNonNull: isNonNullType(field.type),
        rule: isNone ? 'none' : printRule(rule),
        origin: origins.join('+'),
        isOpen,
        decided: isOpen || !rule ? 'never' : whenDecided(rule, roots.has(type.name)),
      };
    });
  });
  return fields.sort((a, b) => (a.coordinate < b.coordinate ? -1 : 1));
}

type Rule = Parameters<typeof leavesOf>[0];

function whenDecided(rule: Rule, isRoot: boolean): DescribedField['decided'] {
  if (leavesOf(rule).every(({ cache }) => cache === 'contextual')) return 'before planning';
  return isRoot ? 'with its arguments' : 'object by object';
}

/** What a rule reads of its parent, such as `{ owner { id } }`; undefined for nothing. */
export function printInputs(rule: Rule): string | undefined {
  const texts = new Set(leavesOf(rule).flatMap(({ fragment }) => fragment ?? []));
  const sets = [...texts].map((text) => {
    const start = text.indexOf('{');
    return (start === -1 ? `{ ${text} }` : text.slice(start)).replace(/\s+/g, ' ').trim();
  });
  return sets.length > 0 ? sets.join(' ') : undefined;
}
