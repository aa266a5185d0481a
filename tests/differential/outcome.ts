import { isDeepStrictEqual } from 'node:util';

/** A GraphQL answer, as it came through JSON. */
export interface Result {
  readonly data?: unknown;
  readonly errors?: readonly { readonly path?: readonly (string | number)[] }[];
}

/** What two answers must have in common. */
export interface Outcome {
  readonly data: unknown;
  /** Where something went wrong, sorted; messages are each side's own. */
  readonly errorPaths: readonly string[];
}

export function readOutcome({ data, errors = [] }: Result): Outcome {
  const paths = new Set(errors.map(({ path = [] }) => path.join('.')));
  return { data: data ?? null, errorPaths: [...paths].sort() };
}

/**
 * Compares two answers. Data must be the same, and so must be where errors made something null. Which errors stand
 * behind one null may differ: what is below it may be left alone once it is null (GraphQL specification October 2021,
 * §6.4.4), and a subgraph has nulled its part before others are asked.
 * @returns what is wrong, or undefined
 */
export function findDifference(expected: Outcome, actual: Outcome): string | undefined {
  if (!isDeepStrictEqual(actual.data, expected.data)) return 'the data differs';
  const wanted = nullPlaces(expected);
  const found = nullPlaces(actual);
  const missing = [...wanted].find((place) => !found.has(place));
  if (missing !== undefined) return `no error tells why ${missing} is null`;
  const unknown = [...found].find((place) => !wanted.has(place));
  return unknown === undefined ? undefined : `an error at ${unknown}, which is right`;
}

function nullPlaces({ data, errorPaths }: Outcome): ReadonlySet<string> {
  return new Set(errorPaths.map((path) => nullPlaceOf(data, path)));
}

/** Where on its path an error has left null. */
function nullPlaceOf(data: unknown, path: string): string {
  const place: string[] = [];
  let value = data;
  for (const key of path.split('.')) {
    if (value === null || value === undefined) break;
    place.push(key);
    value = Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
  }
  return place.join('.');
}

/**
 * Compares an answer that was made while a subgraph failed with the complete one. Values may be null that were there,
 * when an error says so at the place, above it or below it; nothing else may differ.
 * @param levels how many levels above may stand what the error is below: 1 where a field is computed from what its
 *   neighbours lead to
 * @returns what is wrong, or undefined
 */
export function findOutageFault(
  complete: Outcome,
  actual: Outcome,
  levels: 0 | 1 = 0,
): string | undefined {
  const errorPaths = actual.errorPaths.map((path) => (path === '' ? [] : path.split('.')));
  return compare(complete.data, actual.data, []);

  function compare(expected: unknown, found: unknown, path: readonly string[]): string | undefined {
    if (found === null && expected !== null) {
      const around = path.slice(0, path.length - levels);
      if (errorPaths.some((error) => isOnOneLine(error, around))) return undefined;
      return `null without an error at ${path.join('.')}`;
    }
    if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
      return first(expected.keys(), (at) => compare(expected[at], found[at], [...path, `${at}`]));
    }
    if (isObject(expected) && isObject(found)) {
      const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
      return first(keys, (key) => compare(expected[key], found[key], [...path, key]));
    }
    if (expected === found) return undefined;
    return `${JSON.stringify(found)} instead of ${JSON.stringify(expected)} at ${path.join('.')}`;
  }
}

function first<Item>(
  items: Iterable<Item>,
  look: (item: Item) => string | undefined,
): string | undefined {
  for (const item of items) {
    const fault = look(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Whether one path is the other, or leads to it. */
function isOnOneLine(one: readonly string[], other: readonly string[]): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(0, length).every((key, at) => key === other[at]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
