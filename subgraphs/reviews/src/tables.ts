import type { ColumnType } from 'kysely';

/** The tables of this service, in the names that rows have in code. */
export interface Tables {
  knownProducts: KnownProductsTable;
  knownUsers: KnownUsersTable;
  reviews: ReviewsTable;
}

export interface KnownProductsTable {
  id: string;
}

export interface KnownUsersTable {
  id: string;
  username: string;
}

export interface ReviewsTable {
  id: string;
  productId: string;
  authorId: string;
  authorUsername: string;
  /** From 1 to 5. */
  rating: number;
  title: string;
  body: string;
  /** Set by the database when absent. */
  writtenAt: ColumnType<Date, Date | undefined, never>;
  editedAt: Date | null;
}
