import { errorCodes } from '@trellis/platform/error-codes';
import {
  defaultFieldResolver,
  GraphQLError,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { RequestScope } from './request-scope.ts';
import { rule, type ShieldRule } from './shield.ts';

export { allow, and, chain, deny, not, or, race, rule } from './shield.ts';
export type { ShieldRule } from './shield.ts';

/** Type name → field name → rule. `*` stands for every field of its type that has no rule of its own. */
export type RuleTree = Readonly<Record<string, ShieldRule | Readonly<Record<string, ShieldRule>>>>;

/** The rules name what the schema lacks. The message has one line per problem. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

/** Lets in whoever is signed in, be it a user or a service. */
export const isAuthenticated: ShieldRule = rule('isAuthenticated', { cache: 'contextual' })(
  (_parent: unknown, _arguments: unknown, { identity }: RequestScope) =>
    identity.kind !== 'anonymous' || unauthenticated(),
);

/** Lets in users and services that have one of the roles. */
export function hasRole(...roles: readonly string[]): ShieldRule {
  return rule(`hasRole(${roles.join()})`, { cache: 'contextual' })(
    (_parent: unknown, _arguments: unknown, { identity }: RequestScope) => {
      if (identity.kind === 'anonymous') return unauthenticated();
      return identity.roles.some((role) => roles.includes(role)) || forbidden();
    },
  );
}

/** Lets in callers that have all of the OAuth scopes. */
export function hasScopes(...scopes: readonly string[]): ShieldRule {
  return rule(`hasScopes(${scopes.join()})`, { cache: 'contextual' })(
    (_parent: unknown, _arguments: unknown, { identity }: RequestScope) => {
      if (identity.kind === 'anonymous') return unauthenticated();
      return scopes.every((scope) => identity.scopes.includes(scope)) || forbidden();
    },
  );
}

export function unauthenticated(): GraphQLError {
  return new GraphQLError('You must be signed in.', {
    extensions: { code: errorCodes.unauthenticated },
  });
}

export function forbidden(): GraphQLError {
  return new GraphQLError('You may not see or do this.', {
    extensions: { code: errorCodes.forbidden },
  });
}

/**
 * Puts the service's own rules before the fields they name, in place: the second line of defence behind the gateway.
 * Only these fields are wrapped; `_entities` and `_service` carry no data of their own and stay as they are.
 * A rule that throws denies.
 * @throws RuleError when a rule names a type or field that the schema lacks
 */
export function applyRules(schema: GraphQLSchema, rules: RuleTree): GraphQLSchema {
  const problems = Object.entries(rules).flatMap(([name, entry]) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) return [`rules name "${name}", which is no object type of the schema`];
    return applyTypeRules(type, entry);
  });
  if (problems.length > 0) {
    throw new RuleError(`The rules do not fit the schema:\n- ${problems.join('\n- ')}`);
  }
  return schema;
}

function applyTypeRules(
  type: GraphQLObjectType,
  entry: ShieldRule | Readonly<Record<string, ShieldRule>>,
): string[] {
  const fields = type.getFields();
  const byField = isRule(entry) ? { '*': entry } : entry;
  for (const field of Object.values(fields)) {
    if (field.name.startsWith('_')) continue;
    const fieldRule = byField[field.name] ?? byField['*'];
    if (fieldRule) guardField(field, fieldRule);
  }
  return Object.keys(byField)
    .filter((name) => name !== '*' && !(name in fields))
    .map((name) => `rules name "${type.name}.${name}", which the schema lacks`);
}

function isRule(entry: ShieldRule | Readonly<Record<string, ShieldRule>>): entry is ShieldRule {
  return typeof (entry as { resolve?: unknown }).resolve === 'function';
}

type GuardedContext = { _shield?: { cache: Record<string, never> } };

function guardField(field: GraphQLField<unknown, unknown>, fieldRule: ShieldRule): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  const guarded: GraphQLFieldResolver<unknown, GuardedContext> = async (
    parent,
    fieldArguments,
    context,
    info,
  ) => {
    // Rules keep their verdicts here, for this request only; `strict` ones by parent and arguments.
    context._shield ??= { cache: {} };
    const verdict = await fieldRule.resolve(
      parent as object,
      fieldArguments as object,
      context as Required<GuardedContext>,
      info,
      ruleOptions,
    );
    if (verdict === true) return resolve(parent, fieldArguments, context, info);
    throw verdict instanceof GraphQLError ? verdict : forbidden();
  };
  field.resolve = guarded as GraphQLFieldResolver<unknown, unknown>;
}

const ruleOptions = {
  debug: false,
  allowExternalErrors: true,
  fallbackRule: undefined as never,
  hashFunction: hashParentAndArguments,
};

const objectNumbers = new WeakMap<object, number>();
let lastObjectNumber = 0;

/** Two parents are the same when they are the same object: rows of one request never hash alike by accident. */
function hashParentAndArguments(asked: { parent: unknown; args: unknown }): string {
  const { parent } = asked;
  if (typeof parent !== 'object' || parent === null) {
    return JSON.stringify([parent, asked.args]);
  }
  let number = objectNumbers.get(parent);
  if (number === undefined) objectNumbers.set(parent, (number = lastObjectNumber += 1));
  return `${number}:${JSON.stringify(asked.args)}`;
}
