import {
  getNamedType,
  Kind,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { loadShield } from '@trellis/platform/load-shield';
import type { RuleContext } from './rule-context.ts';
import type { ShieldRule } from './shield.ts';

type Access = 'authenticated' | 'requiresScopes' | 'policy';

/** Decides a policy of `@policy` for a caller. */
export type Policies = Readonly<
  Record<string, (context: RuleContext) => boolean | Promise<boolean>>
>;

const features: readonly Access[] = ['authenticated', 'requiresScopes', 'policy'];

/**
 * Compiles `@authenticated`, `@requiresScopes` and `@policy` of a supergraph to rules by coordinate. A directive on a
 * type holds for its fields and for every field that returns it. What stands on an interface's field holds for all
 * implementations. Renamed directives (`@link(import:)`, `as:`) are found by the feature's address.
 */
export function compileDirectiveRules(
  document: DocumentNode,
  schema: GraphQLSchema,
  policies: Policies,
): Map<string, ShieldRule> {
  const names = readNames(document);
  const scope: Scope = { names, policies, made: new Map() };
  const onType = new Map<string, ShieldRule[]>();
  const onField = new Map<string, ShieldRule[]>();
  if (names.size === 0) return new Map();
  for (const definition of document.definitions) {
    if (!('directives' in definition) || !('name' in definition) || !definition.name) continue;
    const typeName = definition.name.value;
    const own = toRules(definition.directives as readonly ConstDirectiveNode[], scope);
    if (own.length > 0) onType.set(typeName, own);
    if (
      definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      definition.kind !== Kind.INTERFACE_TYPE_DEFINITION
    ) {
      continue;
    }
    for (const field of definition.fields ?? []) {
      const rules = toRules(field.directives ?? [], scope);
      if (rules.length > 0) onField.set(`${typeName}.${field.name.value}`, rules);
    }
  }
  return spread(schema, onType, onField);
}

function spread(
  schema: GraphQLSchema,
  onType: ReadonlyMap<string, readonly ShieldRule[]>,
  onField: ReadonlyMap<string, readonly ShieldRule[]>,
): Map<string, ShieldRule> {
  const result = new Map<string, ShieldRule>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    const sources = [type.name, ...type.getInterfaces().map(({ name }) => name)];
    for (const field of Object.values(type.getFields())) {
      const rules = new Set([
        ...sources.flatMap((name) => onType.get(name) ?? []),
        ...sources.flatMap((name) => onField.get(`${name}.${field.name}`) ?? []),
        ...(onType.get(getNamedType(field.type).name) ?? []),
      ]);
      if (rules.size > 0) result.set(`${type.name}.${field.name}`, loadShield().and(...rules));
    }
  }
  return result;
}

/** Directive name in this supergraph → which feature it is. */
function readNames(document: DocumentNode): Map<string, Access> {
  const names = new Map<string, Access>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) {
      continue;
    }
    for (const directive of definition.directives ?? []) {
      const url = textOf(argument(directive, 'url')) ?? textOf(argument(directive, 'feature'));
      const feature = features.find((each) => url?.includes(`/${each}/v`));
      if (!feature) continue;
      const as = textOf(argument(directive, 'as')) ?? feature;
      names.set(as, feature);
      names.set(`${as}__${feature}`, feature);
      const imported = argument(directive, 'import');
      if (imported?.kind !== Kind.LIST) continue;
      for (const each of imported.values) {
        if (each.kind !== Kind.OBJECT) continue;
        const fields = new Map(each.fields.map(({ name, value }) => [name.value, textOf(value)]));
        const renamed = fields.get('as');
        if (fields.get('name') === `@${feature}` && renamed) names.set(renamed.slice(1), feature);
      }
    }
  }
  return names;
}

interface Scope {
  readonly names: ReadonlyMap<string, Access>;
  readonly policies: Policies;
  /** Equal directives are one rule. */
  readonly made: Map<string, ShieldRule>;
}

function toRules(directives: readonly ConstDirectiveNode[], scope: Scope): ShieldRule[] {
  return directives.flatMap((directive): ShieldRule[] => {
    const feature = scope.names.get(directive.name.value);
    if (feature === undefined) return [];
    const lists = {
      authenticated: undefined,
      requiresScopes: 'scopes',
      policy: 'policies',
    } as const;
    const list = lists[feature];
    const groups = list === undefined ? [] : groupsOf(argument(directive, list));
    const key = list === undefined ? '@authenticated' : `@${feature}(${JSON.stringify(groups)})`;
    const made = scope.made.get(key) ?? toRule(feature, { key, groups, scope });
    scope.made.set(key, made);
    return [made];
  });
}

interface Directive {
  readonly key: string;
  readonly groups: readonly (readonly string[])[];
  readonly scope: Scope;
}

function toRule(feature: Access, { key, groups, scope }: Directive): ShieldRule {
  if (feature === 'requiresScopes') return scopesRule(key, groups);
  if (feature === 'policy') return policyRule(key, groups, scope.policies);
  return loadShield().rule(key, { cache: 'contextual' })(
    (_parent: unknown, _args: unknown, { identity }: RuleContext) => identity.kind !== 'anonymous',
  );
}

/** `[[a, b], [c]]`: a and b, or c. An empty list asks for nothing that anybody could have: it denies. */
function scopesRule(name: string, groups: readonly (readonly string[])[]): ShieldRule {
  return loadShield().rule(name, { cache: 'contextual' })(
    (_parent: unknown, _args: unknown, { identity }: RuleContext) =>
      groups.some((group) => group.every((scope) => identity.scopes.includes(scope))),
  );
}

/** A policy that nobody decides denies. */
function policyRule(
  name: string,
  groups: readonly (readonly string[])[],
  policies: Policies,
): ShieldRule {
  return loadShield().rule(name, { cache: 'contextual' })(
    async (_parent: unknown, _args: unknown, context: RuleContext) => {
      const holds = async (policy: string): Promise<boolean> =>
        Object.hasOwn(policies, policy) && (await policies[policy]?.(context)) === true;
      for (const group of groups) {
        const held = await Promise.all(group.map(holds));
        if (held.every(Boolean)) return true;
      }
      return false;
    },
  );
}

function argument(directive: ConstDirectiveNode, name: string): ConstValueNode | undefined {
  return directive.arguments?.find((each) => each.name.value === name)?.value;
}

function textOf(value: ConstValueNode | undefined): string | undefined {
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function groupsOf(value: ConstValueNode | undefined): string[][] {
  if (value?.kind !== Kind.LIST) return [];
  return value.values.map((group) =>
    group.kind === Kind.LIST
      ? group.values.map((each) => textOf(each) ?? '')
      : [textOf(group) ?? ''],
  );
}
