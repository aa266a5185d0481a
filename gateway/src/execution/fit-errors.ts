import type { GraphQLFormattedError } from 'graphql';

/**
 * Fits errors of subgraphs to the answer. A fetch may ask more of an object than the client did: fields it selected on
 * another type that stands at the same place, or inputs of `@requires`. An error of such a field belongs to the object
 * that has it, and to nobody where nothing of that object is null.
 * @param data the answer's data as JSON
 */
export function fitErrors(
  errors: readonly GraphQLFormattedError[],
  data: string,
): GraphQLFormattedError[] {
  const root: unknown = JSON.parse(data);
  return errors.flatMap((error) => {
    const { path } = error;
    const asked = path && askedPart(root, path);
    if (!path || !asked?.length || asked.length === path.length) return [error];
    const object = asked.reduce(childOf, root);
    const isConcerned = Object.values(object as object).includes(null);
    return isConcerned ? [{ ...error, path: asked }] : [];
  });
}

/** The path as far as the answer has it; all of it when it leads to a null or below. */
function askedPart(
  root: unknown,
  path: readonly (string | number)[],
): readonly (string | number)[] {
  let value = root;
  for (const [depth, key] of path.entries()) {
    if (typeof value !== 'object' || value === null) return path;
    if (!Object.hasOwn(value, key)) return path.slice(0, depth);
    value = childOf(value, key);
  }
  return path;
}

/** Clients may call a field `__proto__`: only own properties count. */
function childOf(value: unknown, key: string | number): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
}
