import { astFromValue, print, type GraphQLInputType } from 'graphql';

/** Writes a value as GraphQL text, as the type of its argument wants it. */
export function formatArgument(value: unknown, type: GraphQLInputType): string {
  const node = astFromValue(value, type);
  if (!node) throw new Error(`${JSON.stringify(value)} is no ${String(type)}`);
  return print(node);
}
