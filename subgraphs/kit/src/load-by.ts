import type DataLoader from 'dataloader';
import { loadBatches } from './load-batches.ts';
import type { RequestScope } from './request-scope.ts';

/** A scalar, or an object of scalars for a compound key. */
export type LoadKey = string | number | { readonly [part: string]: string | number };

export interface RowsByKey<Key extends LoadKey, Row> {
  /** Reads the rows of all keys in one statement; any order, none for a missing key. */
  readonly rows: (keys: readonly Key[]) => Promise<readonly Row[]>;
  /** The key of a row: equal in value to the key that asked for it. */
  readonly key: (row: Row) => Key;
  /** More keys than this are asked in several statements. Default 1,000. */
  readonly maxBatchSize?: number;
}

export type Loader<Key extends LoadKey, Value> = DataLoader<Key, Value, string | number>;

/**
 * A loader of the one row that has a key; null when there is none.
 * Two rows with one key are an error of that key alone.
 */
export function loadById<Key extends LoadKey, Row>(
  request: RequestScope,
  options: RowsByKey<Key, Row>,
): Loader<Key, Row | null> {
  return loadGroups(request, options, (rows, key) => {
    if (rows.length > 1) {
      return new Error(`${rows.length} rows have the key ${describeKey(key)}, but at most one may`);
    }
    return rows[0] ?? null;
  });
}

/** A loader of all rows that belong to a key, in the order in which they were read; empty when there are none. */
export function loadByForeignKey<Key extends LoadKey, Row>(
  request: RequestScope,
  options: RowsByKey<Key, Row>,
): Loader<Key, readonly Row[]> {
  return loadGroups(request, options, (rows) => rows);
}

/** A loader of one figure per key, such as a count or an average; `empty` for a key without a row. */
export function loadFigure<Key extends LoadKey, Row, Value>(
  request: RequestScope,
  options: RowsByKey<Key, Row> & {
    readonly value: (row: Row) => Value;
    readonly empty: Value;
  },
): Loader<Key, Value> {
  return loadGroups(request, options, (rows) => {
    const [row] = rows;
    return row === undefined ? options.empty : options.value(row);
  });
}

/** The text by which keys of equal value are one key. */
export function identifyKey(key: LoadKey): string | number {
  if (typeof key !== 'object') return key;
  return JSON.stringify(Object.entries(key).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function loadGroups<Key extends LoadKey, Row, Value>(
  request: RequestScope,
  options: RowsByKey<Key, Row>,
  valueOf: (rows: readonly Row[], key: Key) => Value | Error,
): Loader<Key, Value> {
  return loadBatches<Key, Value>(request, {
    ...(options.maxBatchSize === undefined ? {} : { maxBatchSize: options.maxBatchSize }),
    identify: identifyKey,
    read: async (keys) => {
      const groups = groupRows(keys, await options.rows(keys), options.key);
      return keys.map((key) => valueOf(groups.get(identifyKey(key)) ?? [], key));
    },
  });
}

function groupRows<Key extends LoadKey, Row>(
  keys: readonly Key[],
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): Map<string | number, Row[]> {
  const groups = new Map<string | number, Row[]>(keys.map((key) => [identifyKey(key), []]));
  for (const row of rows) {
    const group = groups.get(identifyKey(keyOf(row)));
    if (!group) {
      throw new Error(
        `A row with the key ${describeKey(keyOf(row))} came, but nobody asked for it. Asked were ${describeKeys(keys)}`,
      );
    }
    group.push(row);
  }
  return groups;
}

function describeKey(key: LoadKey): string {
  return JSON.stringify(key);
}

function describeKeys(keys: readonly LoadKey[]): string {
  const shown = keys.slice(0, 5).map(describeKey).join(', ');
  return keys.length > 5 ? `${shown} and ${keys.length - 5} more` : shown;
}
