import { errorCodes } from '@trellis/platform/error-codes';
import { GraphQLError } from 'graphql';

/** An error that tells the client what is wrong with its own arguments. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: errorCodes.badUserInput } });
}
