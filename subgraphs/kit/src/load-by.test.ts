import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadByForeignKey, loadById, loadFigure } from './load-by.ts';
import { makeTestScope } from './test-scope.ts';

interface Row {
  readonly id: string;
  readonly parent: string;
}

const row = (id: string, parent = 'p'): Row => ({ id, parent });

describe('loadById', () => {
  test('gives every key its row, whatever order and subset the rows come in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string(), { minLength: 1 }),
        fc.infiniteStream(fc.nat()),
        async (ids, chance) => {
          const existing = ids.filter(() => (chance.next().value ?? 0) % 3 > 0);
          const shuffled = existing.toSorted(() => ((chance.next().value ?? 0) % 2 ? 1 : -1));
          const loader = loadById(makeTestScope(), {
            rows: () => Promise.resolve(shuffled.map((id) => row(id))),
            key: ({ id }) => id,
          });
          const loaded = await loader.loadMany(ids);
          expect(loaded).toEqual(ids.map((id) => (existing.includes(id) ? row(id) : null)));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('reads keys of one tick in one batch, each once, and splits at the most', async () => {
    const batches: string[][] = [];
    const loader = loadById(makeTestScope(), {
      rows: (keys: readonly string[]) => {
        batches.push([...keys]);
        return Promise.resolve(keys.map((key) => row(key)));
      },
      key: ({ id }) => id,
      maxBatchSize: 2,
    });
    await Promise.all(['a', 'b', 'a', 'c'].map((key) => loader.load(key)));
    expect(batches).toEqual([['a', 'b'], ['c']]);
  });

  test('takes compound keys by value, whatever the order of their parts', async () => {
    const asked: object[] = [];
    const loader = loadById(makeTestScope(), {
      rows: (keys: readonly { readonly product: string; readonly place: number }[]) => {
        asked.push(...keys);
        return Promise.resolve([{ product: 'p', place: 1, stock: 7 }]);
      },
      key: ({ place, product }) => ({ place, product }),
    });
    const [left, right, missing] = await Promise.all([
      loader.load({ product: 'p', place: 1 }),
      loader.load({ place: 1, product: 'p' }),
      loader.load({ product: 'p', place: 2 }),
    ]);
    expect(left?.stock).toBe(7);
    expect(right).toBe(left);
    expect(missing).toBeNull();
    expect(asked).toHaveLength(2);
  });

  test('fails one key alone for which two rows came', async () => {
    const loader = loadById(makeTestScope(), {
      rows: () => Promise.resolve([row('a'), row('b'), row('b')]),
      key: ({ id }) => id,
    });
    const [first, second] = await loader.loadMany(['a', 'b']);
    expect(first).toEqual(row('a'));
    expect(second).toEqual(new Error('2 rows have the key "b", but at most one may'));
  });

  test('says so when a row comes that nobody asked for', async () => {
    const loader = loadById(makeTestScope(), {
      rows: () => Promise.resolve([row('stranger')]),
      key: ({ id }) => id,
    });
    await expect(loader.load('a')).rejects.toThrow(
      'A row with the key "stranger" came, but nobody asked for it. Asked were "a"',
    );
  });

  test('gives all others their rows when the database refuses the value of one key', async () => {
    let statements = 0;
    const loader = loadById(makeTestScope(), {
      rows: (keys: readonly string[]) => {
        statements += 1;
        if (keys.includes('bad')) {
          return Promise.reject(
            Object.assign(new Error('invalid byte sequence'), { code: '22021' }),
          );
        }
        return Promise.resolve(keys.map((key) => row(key)));
      },
      key: ({ id }) => id,
    });
    const keys = [...Array.from({ length: 15 }, (_, index) => `k${index}`), 'bad'];
    const loaded = await loader.loadMany(keys);
    expect(loaded.slice(0, 15)).toEqual(keys.slice(0, 15).map((key) => row(key)));
    expect(loaded[15]).toEqual(new Error('invalid byte sequence'));
    expect(statements).toBeLessThanOrEqual(9);
  });

  test('fails every key when the database is gone', async () => {
    const loader = loadById(makeTestScope(), {
      rows: (): Promise<Row[]> => Promise.reject(new Error('connection lost')),
      key: ({ id }) => id,
    });
    const loaded = await loader.loadMany(['a', 'b']);
    expect(loaded).toEqual([new Error('connection lost'), new Error('connection lost')]);
  });

  test('reads nothing for a request whose time is over', async () => {
    const controller = new AbortController();
    let statements = 0;
    const loader = loadById(
      { ...makeTestScope(), signal: controller.signal },
      {
        rows: () => {
          statements += 1;
          return Promise.resolve([]);
        },
        key: ({ id }: Row) => id,
      },
    );
    controller.abort(new Error('too late'));
    await expect(loader.load('a')).rejects.toThrow('too late');
    expect(statements).toBe(0);
  });
});

describe('loadByForeignKey', () => {
  test('groups rows by parent in the order they came', async () => {
    const loader = loadByForeignKey(makeTestScope(), {
      rows: () => Promise.resolve([row('1', 'b'), row('2', 'a'), row('3', 'b')]),
      key: ({ parent }) => parent,
    });
    expect(await loader.loadMany(['a', 'b', 'c'])).toEqual([
      [row('2', 'a')],
      [row('1', 'b'), row('3', 'b')],
      [],
    ]);
  });
});

describe('loadFigure', () => {
  test('gives the figure of a row, and the empty one where there is no row', async () => {
    const loader = loadFigure(makeTestScope(), {
      rows: () => Promise.resolve([{ parent: 'a', count: 3 }]),
      key: ({ parent }) => parent,
      value: ({ count }) => count,
      empty: 0,
    });
    expect(await loader.loadMany(['a', 'b'])).toEqual([3, 0]);
  });
});
