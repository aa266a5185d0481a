import { formatCursor } from './cursor.ts';
import type { Page } from './page.ts';
import type { PagedRow } from './select-page.ts';

/** A page of a list (GraphQL cursor connections specification §3). Fields that cost a statement of their own are lazy. */
export interface Connection<Row> {
  readonly edges: readonly Edge<Row>[];
  readonly nodes: readonly Row[];
  readonly pageInfo: PageInfo;
  /** Counted only when a client asks for it. */
  readonly totalCount: () => Promise<number>;
}

export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/**
 * Makes a page out of rows read by selectPage or selectPagesByParent: at most one row more than asked,
 * in the list's own order, the extra one at the far end.
 */
export function makeConnection<Row>(
  page: Page,
  rows: readonly PagedRow<Row>[],
  totalCount: () => Promise<number>,
): Connection<Row> {
  const hasMore = rows.length > page.size;
  const shown = page.isBackward
    ? rows.slice(Math.max(0, rows.length - page.size))
    : rows.slice(0, page.size);
  const edges = shown.map(({ row, cursor }) => ({ cursor: formatCursor(cursor), node: row }));
  return {
    edges,
    nodes: shown.map(({ row }) => row),
    pageInfo: {
      hasNextPage: page.isBackward ? page.before !== undefined : hasMore,
      hasPreviousPage: page.isBackward ? hasMore : page.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}
