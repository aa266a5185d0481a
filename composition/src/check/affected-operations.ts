import type { GraphQLSchema } from 'graphql';
import { everyInputField, usedCoordinates } from '../operations/used-coordinates.ts';
import type { KnownOperation } from '../operations/known-operation.ts';
import type { ApiChange } from './api-change.ts';

/** Answers which known operations a change affects; coordinates are collected once for each operation. */
export type FindAffected = (change: ApiChange) => KnownOperation[];

/** @param before the API schema that the operations were written against */
export function createFindAffected(
  operations: KnownOperation[],
  before: GraphQLSchema,
): FindAffected {
  let used: { operation: KnownOperation; coordinates: Set<string> }[] | undefined;
  return (change) => {
    used ??= operations.map((operation) => ({
      operation,
      coordinates: usedCoordinates(operation.document, before),
    }));
    // A change without a place, such as another root type, concerns everyone.
    if (change.path === '') return operations;
    const wanted = coordinatesOf(change);
    return used
      .filter(({ coordinates }) => wanted.some((coordinate) => coordinates.has(coordinate)))
      .map(({ operation }) => operation);
  };
}

/**
 * What an operation must use to be affected. A new required argument hurts whoever asks for the field,
 * a new required input field whoever sends the input.
 */
function coordinatesOf({ type, path }: ApiChange): string[] {
  const parts = path.split('.');
  if (type === 'FIELD_ARGUMENT_ADDED') return [parts.slice(0, 2).join('.')];
  if (type === 'INPUT_FIELD_ADDED') return [parts[0] ?? '', `${parts[0] ?? ''}.${everyInputField}`];
  return [path];
}
