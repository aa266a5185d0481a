import DataLoader from 'dataloader';
import { registerLoader } from './fresh-loaders.ts';
import type { RequestScope } from './request-scope.ts';

export interface Batches<Key, Value> {
  /** Reads one value, or one error, per key: as many as there are keys, in their order. */
  readonly read: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;
  /** Keys with equal identities are one key. */
  readonly identify: (key: Key) => string | number;
  readonly maxBatchSize?: number;
}

const defaultMaxBatchSize = 1_000;

/**
 * The one place where this kit makes a DataLoader. It asks for the request, because a loader that outlives its
 * request shows one caller what another may see. A mutation of the request empties it.
 * A batch that the database refuses for the value of one key (SQLSTATE class 22) is read again in halves, so that
 * the others still get their rows.
 */
export function loadBatches<Key, Value>(
  request: RequestScope,
  batches: Batches<Key, Value>,
): DataLoader<Key, Value, string | number> {
  const loader = new DataLoader<Key, Value, string | number>(
    async (keys) => {
      request.signal.throwIfAborted();
      const values = await readTolerantly(keys, batches.read);
      if (values.length !== keys.length) {
        throw new Error(`${keys.length} keys were asked, but ${values.length} values came`);
      }
      return values;
    },
    {
      cacheKeyFn: batches.identify,
      maxBatchSize: batches.maxBatchSize ?? defaultMaxBatchSize,
    },
  );
  registerLoader(request, loader);
  return loader;
}

async function readTolerantly<Key, Value>(
  keys: readonly Key[],
  read: Batches<Key, Value>['read'],
): Promise<readonly (Value | Error)[]> {
  try {
    return await read(keys);
  } catch (error) {
    if (!isDataException(error)) throw error;
    if (keys.length === 1) return [error];
    const middle = Math.ceil(keys.length / 2);
    const halves = [keys.slice(0, middle), keys.slice(middle)];
    return (await Promise.all(halves.map((half) => readTolerantly(half, read)))).flat();
  }
}

/** PostgreSQL documentation, appendix A: class 22 is "Data Exception", such as a text with a zero byte. */
export function isDataException(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('22');
}
