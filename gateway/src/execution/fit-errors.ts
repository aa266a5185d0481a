import type { GraphQLFormattedError } from 'graphql';
import type { Path } from './client-paths.ts';

/** What is known of where errors come from. */
export interface ErrorOrigins {
  /** By error of a subgraph: its path in internal names, which may go on where the client did not ask further. */
  readonly paths: ReadonlyMap<GraphQLFormattedError, Path>;
  /** Fields that steps tell their subgraphs, as in `required-places.ts`. */
  readonly inputs: ReadonlySet<string>;
}

/**
 * Fits errors of subgraphs to the answer. A fetch may ask more of an object than the client did: fields it selected on
 * another type that stands at the same place, or inputs of `@requires`. An error of an input belongs to the object that
 * has it, where something of that object is null; that of any other such field is nobody's business.
 * @param data the answer's data as JSON
 */
export function fitErrors(
  errors: readonly GraphQLFormattedError[],
  data: string,
  { paths, inputs }: ErrorOrigins,
): GraphQLFormattedError[] {
  const root: unknown = JSON.parse(data);
  return errors.flatMap((error) => {
    const { path } = error;
    const origin = paths.get(error);
    if (!path || !origin) return [error];
    const asked = askedPart(root, path);
    const object = asked.reduce(childOf, root);
    const isShown = asked.length === origin.length || typeof object !== 'object' || object === null;
    if (isShown) return [error];
    const field = origin.slice(0, asked.length + 1).filter((key) => typeof key === 'string');
    const isConcerned = inputs.has(field.join('.')) && Object.values(object).includes(null);
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
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
}
