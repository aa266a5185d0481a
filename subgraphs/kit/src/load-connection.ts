import { makeConnection, type Connection } from './connection.ts';
import { loadBatches } from './load-batches.ts';
import { loadFigure } from './load-by.ts';
import type { Page } from './page.ts';
import type { RequestScope } from './request-scope.ts';
import type { PagedRow } from './select-page.ts';

export interface ConnectionsByParent<Row, Filter> {
  /** Reads the same page of many parents' lists in one statement: see selectPagesByParent. */
  readonly pages: (
    parents: readonly string[],
    page: Page,
    filter: Filter,
  ) => Promise<ReadonlyMap<string, readonly PagedRow<Row>[]>>;
  /** Counts many parents' lists in one statement; a parent without rows may be absent. */
  readonly counts: (
    parents: readonly string[],
    filter: Filter,
  ) => Promise<readonly { readonly parent: string; readonly count: number }[]>;
}

/** Loads connections of many parents together: one statement for each different page and filter, however many parents. */
export interface ConnectionLoader<Row, Filter> {
  load(
    parent: string,
    page: Page,
    ...filter: Filter extends undefined ? [] : [Filter]
  ): Promise<Connection<Row>>;
}

interface ConnectionKey<Filter> {
  readonly parent: string;
  readonly page: Page;
  readonly filter: Filter;
}

/**
 * A loader for a connection field of an entity, such as `User.addresses(first: 3)`. Parents that are asked for the
 * same page with the same filter share a statement; `totalCount` is counted for all of them at once, and only if asked.
 */
export function loadConnection<Row, Filter = undefined>(
  request: RequestScope,
  options: ConnectionsByParent<Row, Filter>,
): ConnectionLoader<Row, Filter> {
  const counters = new Map<string, ReturnType<typeof createCounter>>();
  const createCounter = (filter: Filter) =>
    loadFigure(request, {
      rows: (parents: readonly string[]) => options.counts(parents, filter),
      key: (row) => row.parent,
      value: (row) => row.count,
      empty: 0,
    });
  const counterFor = (filter: Filter) => {
    const name = JSON.stringify(filter) ?? '';
    const counter = counters.get(name) ?? createCounter(filter);
    counters.set(name, counter);
    return counter;
  };
  const loader = loadBatches<ConnectionKey<Filter>, Connection<Row>>(request, {
    identify: (key) => JSON.stringify(key),
    read: async (keys) => {
      const results = new Map<ConnectionKey<Filter>, Connection<Row>>();
      await Promise.all(
        groupByPage(keys).map(async (group) => {
          const [{ page, filter }] = group;
          const pages = await options.pages(
            group.map((key) => key.parent),
            page,
            filter,
          );
          for (const key of group) {
            const count = (): Promise<number> => counterFor(filter).load(key.parent);
            results.set(key, makeConnection(page, pages.get(key.parent) ?? [], count));
          }
        }),
      );
      return keys.map((key) => results.get(key) ?? new Error(`No page was read for ${key.parent}`));
    },
  });
  return {
    load: (parent, page, ...[filter]) => loader.load({ parent, page, filter: filter as Filter }),
  };
}

type NonEmpty<Item> = [Item, ...Item[]];

function groupByPage<Filter>(
  keys: readonly ConnectionKey<Filter>[],
): NonEmpty<ConnectionKey<Filter>>[] {
  const groups = new Map<string, NonEmpty<ConnectionKey<Filter>>>();
  for (const key of keys) {
    const name = JSON.stringify([key.page, key.filter]);
    const group = groups.get(name);
    if (group) group.push(key);
    else groups.set(name, [key]);
  }
  return [...groups.values()];
}
