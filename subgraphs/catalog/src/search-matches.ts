import type { Connection, Edge } from '@trellis/kit/connection';
import type { Page } from '@trellis/kit/page';
import { selectPage, type PagedRow, type PageOrder } from '@trellis/kit/select-page';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from './tables.ts';

/** What a search found; the thing itself is loaded by its id. */
export interface Match {
  readonly id: string;
  readonly found: 'CATEGORY' | 'PRODUCT';
  /** The higher the better, in millionths: a whole number, so that a cursor holds it exactly. */
  readonly rank: number;
}

export type MatchPage = Connection<Match>;
export type MatchEdge = Edge<Match>;

const bestFirst: PageOrder = { column: 'rank', direction: 'desc' };

/**
 * One page of the products and categories that match, best first. Words are compared by their stems, the last one
 * by its beginning too, because people see results while they type; quotes, `or` and `-` mean what they mean
 * in search engines (PostgreSQL's `websearch_to_tsquery`).
 */
export function selectMatchPage(
  database: Kysely<Tables>,
  text: string,
  page: Page,
): Promise<readonly PagedRow<Match>[]> {
  return selectPage(database, { from: matchesOf(text), order: bestFirst, page });
}

export async function countMatches(database: Kysely<Tables>, text: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${matchesOf(text)} as matches`.execute(database);
  return rows[0]?.count ?? 0;
}

function matchesOf(text: string): RawBuilder<Match> {
  const whole = sql`websearch_to_tsquery('english', ${text})`;
  // Only a query that ends with a word can go on: `lamp -"red or blue"` cannot.
  const begun = sql`
    case when ${whole}::text like '%''' then (${whole}::text || ':*')::tsquery else ${whole} end`;
  // What is called exactly so goes first, then what matches as a whole, then what only begins alike: `pan` finds
  // pans before panniers.
  const rank = sql`
    ((case when lower(name) = lower(${text}) then 10 else 0 end
      + 2 * ts_rank(search_text, ${whole}) + ts_rank(search_text, ${begun})) * 1000000)::integer`;
  return sql<Match>`(
    select id, 'PRODUCT' as found, ${rank} as rank from products where search_text @@ ${begun}
    union all
    select id, 'CATEGORY' as found, ${rank} as rank from categories where search_text @@ ${begun})`;
}
