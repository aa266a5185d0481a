import {
  coerceInputValue,
  isInputType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
  type GraphQLFormattedError,
  type GraphQLInputType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';
import { GatewayError, maxRefusalErrors } from '../errors.ts';
import { settleExactNumbers } from '../exact-variables.ts';
import type { PreparedOperation } from './prepared-operation.ts';
import { assertFewValues, type ValueBudget } from './limits/assert-few-values.ts';
import { assertShallow } from './limits/assert-shallow.ts';

export type CoercedVariables = Readonly<Record<string, unknown>>;

const none: CoercedVariables = Object.freeze({});
/** How much of a wrong value an error repeats. */
const maxShownLength = 60;
/** Longer messages, such as one about a variable of 10 KB, are cut. */
const maxMessageLength = 500;

class TooManyErrors extends Error {}

export type CoerceVariables = (
  prepared: PreparedOperation,
  given: Readonly<Record<string, unknown>> | undefined,
  schema: GraphQLSchema,
) => CoercedVariables;

/**
 * Returns the only way from JSON to the variables of an operation.
 * @param maxInputValues how many values they may hold: see `assertFewValues`
 */
export function createCoerceVariables(maxInputValues: number): CoerceVariables {
  return (prepared, given, schema) => coerceVariables(prepared, given, { schema, maxInputValues });
}

/**
 * JSON values → values of the declared types, defaults filled in (GraphQL October 2021, §6.1.2).
 * Variables the operation does not declare are dropped.
 * @throws GatewayError BAD_USER_INPUT with one error per problem, at most ten; MAX_DEPTH_LIMIT,
 * MAX_INPUT_VALUES_LIMIT
 */
function coerceVariables(
  { operation }: PreparedOperation,
  given: Readonly<Record<string, unknown>> | undefined,
  { schema, maxInputValues }: { readonly schema: GraphQLSchema; readonly maxInputValues: number },
): CoercedVariables {
  const definitions = operation.variableDefinitions;
  if (!definitions || definitions.length === 0) return none;
  const errors: GraphQLFormattedError[] = [];
  const values: Record<string, unknown> = Object.create(null);
  const budget = { max: maxInputValues, left: maxInputValues };
  if (given) assertShallow(given, budget);
  try {
    for (const definition of definitions) {
      coerceOne(definition, given ?? none, { schema, errors, values, budget });
    }
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error;
  }
  if (errors.length > 0) throw new GatewayError('BAD_USER_INPUT', errors[0]?.message, { errors });
  return values;
}

interface Coercion {
  readonly schema: GraphQLSchema;
  readonly errors: GraphQLFormattedError[];
  readonly values: Record<string, unknown>;
  readonly budget: ValueBudget;
}

function coerceOne(
  definition: VariableDefinitionNode,
  given: Readonly<Record<string, unknown>>,
  { schema, errors, values, budget }: Coercion,
): void {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  // Validation has seen to this: only input types get here.
  if (!isInputType(type)) return;
  if (!Object.hasOwn(given, name)) {
    if (definition.defaultValue) values[name] = valueFromAST(definition.defaultValue, type);
    else if (isNonNullType(type))
      report(errors, name, `$${name} of type ${String(type)} is required, but nothing was given.`);
    return;
  }
  assertFewValues(given[name], type, budget);
  values[name] = coerceInputValue(
    settleExactNumbers(given, given[name], type),
    type,
    (path, invalid, error) =>
      report(
        errors,
        name,
        `$${name}${formatPath(path)}: ${describe(invalid, type, error.message)}`,
      ),
    true,
  );
}

function report(errors: GraphQLFormattedError[], variable: string, problem: string): void {
  const extensions = { code: 'BAD_USER_INPUT', variable: variable.slice(0, maxShownLength) };
  errors.push({ message: `Variable ${problem}`.slice(0, maxMessageLength), extensions });
  if (errors.length >= maxRefusalErrors) throw new TooManyErrors();
}

function formatPath(path: readonly (string | number)[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
}

/** graphql-js repeats the whole value in its message; ours says what was expected and shows the beginning. */
function describe(invalid: unknown, type: GraphQLInputType, message: string): string {
  const shown = JSON.stringify(invalid) ?? String(invalid);
  const value = shown.length > maxShownLength ? `${shown.slice(0, maxShownLength)}…` : shown;
  const reason = message.length <= 200 ? message : `This does not fit ${String(type)}.`;
  return `${reason} Given: ${value}`;
}
