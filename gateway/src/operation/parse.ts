import {
  GraphQLError,
  Kind,
  parse,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { assertNesting } from './limits/assert-nesting.ts';

export interface ParseOptions {
  readonly maxTokens: number;
  /** Locations make error messages better and documents ten times larger: only asked for once something is wrong. */
  readonly withLocations: boolean;
}

/**
 * Text → tree.
 * @throws GatewayError GRAPHQL_PARSE_FAILED, MAX_TOKENS_LIMIT, MAX_DEPTH_LIMIT
 */
export function parseDocument(text: string, options: ParseOptions): DocumentNode {
  assertNesting(text);
  try {
    return parse(text, { maxTokens: options.maxTokens, noLocation: !options.withLocations });
  } catch (error) {
    if (error instanceof GraphQLError) {
      if (error.message.endsWith('tokens. Parsing aborted.'))
        throw tooManyTokens(options.maxTokens);
      const message = error.message;
      const extensions = { code: 'GRAPHQL_PARSE_FAILED' };
      const locations = error.locations ? { locations: error.locations } : {};
      throw new GatewayError('GRAPHQL_PARSE_FAILED', message, {
        errors: [{ message, ...locations, extensions }],
      });
    }
    throw error;
  }
}

function tooManyTokens(maxTokens: number): GatewayError {
  return new GatewayError(
    'MAX_TOKENS_LIMIT',
    `The document has more than ${maxTokens} tokens. Ask for less at once.`,
  );
}

/**
 * Finds the operation to run (GraphQL October 2021, §6.1 GetOperation).
 * @throws GatewayError OPERATION_RESOLUTION_FAILURE
 */
export function selectOperation(
  document: DocumentNode,
  operationName: string | undefined,
): OperationDefinitionNode {
  const operations = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operationName === undefined) {
    const [only, ...others] = operations;
    if (only && others.length === 0) return only;
    throw new GatewayError(
      'OPERATION_RESOLUTION_FAILURE',
      only
        ? `The document holds ${operations.length} operations: say which one with operationName.`
        : 'The document holds no operation, only fragments.',
    );
  }
  const found = operations.find((operation) => operation.name?.value === operationName);
  if (found) return found;
  throw new GatewayError(
    'OPERATION_RESOLUTION_FAILURE',
    `The document holds no operation named "${operationName.slice(0, 100)}".`,
  );
}
