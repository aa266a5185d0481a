import {
  GraphQLError,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import { GatewayError, maxRefusalErrors, type GatewayErrorCode } from '../errors.ts';
import { finiteNumbers } from './rules/finite-numbers.ts';
import { noIntrospection } from './rules/no-introspection.ts';

export interface ValidateOptions {
  readonly introspection: boolean;
  readonly suggestions: boolean;
}

/** Longer messages, such as one that repeats a client's 10 KB name, are cut. */
const maxMessageLength = 500;
const maxLocations = 5;

/**
 * Returns the function that checks documents against a schema (GraphQL October 2021, §5).
 * @returns the problems, at most ten; empty when there are none
 */
export function createValidate(
  options: ValidateOptions,
): (schema: GraphQLSchema, document: DocumentNode) => readonly GraphQLError[] {
  const rules: readonly ValidationRule[] = [
    ...(options.introspection ? [] : [noIntrospection]),
    ...specifiedRules,
    finiteNumbers,
  ];
  const limits = { maxErrors: maxRefusalErrors, hideSuggestions: !options.suggestions };
  return function validateDocument(schema, document) {
    const problems = validate(schema, document, rules, limits);
    return options.suggestions ? problems : problems.map(withoutSuggestion);
  };
}

/** An operation that does not fit the schema. */
export class InvalidOperationError extends GatewayError {
  /** With locations. */
  readonly document: DocumentNode;

  constructor(code: GatewayErrorCode, document: DocumentNode, errors: GraphQLFormattedError[]) {
    super(code, errors[0]?.message, { errors });
    this.document = document;
  }
}

/** One rule suggests whatever it is told: `Did you mean "me { ... }"?` */
function withoutSuggestion(problem: GraphQLError): GraphQLError {
  const at = problem.message.indexOf(' Did you mean ');
  if (at === -1) return problem;
  return new GraphQLError(problem.message.slice(0, at), {
    nodes: problem.nodes ?? null,
    extensions: problem.extensions,
  });
}

/** Turns validation problems into the error that refuses the request. What is said twice is said once, with all places. */
export function refuseInvalid(
  problems: readonly GraphQLError[],
  document: DocumentNode,
): InvalidOperationError {
  const isIntrospection = problems[0]?.extensions['code'] === 'INTROSPECTION_DISABLED';
  const code = isIntrospection ? 'INTROSPECTION_DISABLED' : 'GRAPHQL_VALIDATION_FAILED';
  const byMessage = new Map<string, GraphQLError[]>();
  for (const problem of problems) {
    const same = byMessage.get(problem.message);
    if (same) same.push(problem);
    else byMessage.set(problem.message, [problem]);
  }
  const errors = [...byMessage].map(([message, same]): GraphQLFormattedError => {
    const locations = same.flatMap((problem) => problem.locations ?? []).slice(0, maxLocations);
    return {
      message: message.slice(0, maxMessageLength),
      ...(locations.length > 0 ? { locations } : {}),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED', ...same[0]?.extensions },
    };
  });
  return new InvalidOperationError(code, document, errors);
}
