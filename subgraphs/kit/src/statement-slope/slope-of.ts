import type { PlaceRecord, StatementRecord } from './statement-recorder.ts';

/** What an operation asked the database, for 1, 10 and 50 rows. */
export interface StatementSlope {
  /** What was asked: `User by { id }`, or `Query.users`. */
  readonly operation: string;
  /** Statements by number of rows: the most that one request sent. 0 rows stand for a list that no argument cuts off. */
  readonly statements: ReadonlyMap<number, number>;
  /** Resolvers that asked more often for more rows. Empty when all is well. */
  readonly offenders: readonly Offender[];
}

export interface Offender {
  /** `Type.field`. */
  readonly resolver: string;
  readonly path: string;
  readonly statements: ReadonlyMap<number, number>;
  /** One of its statements. */
  readonly sql: string;
}

/** All records of one size. One row alone may lack what others have, so a place counts as the most that one of them did. */
export interface SizedRecords {
  readonly rows: number;
  readonly records: readonly StatementRecord[];
}

/** Compares what each place did at each size; sizes come in growing order. */
export function slopeOf(operation: string, sizes: readonly SizedRecords[]): StatementSlope {
  const bySize = sizes.map(({ rows, records }) => ({ rows, places: mostOf(records) }));
  const names = new Set(bySize.flatMap(({ places }) => [...places.keys()]));
  const offenders = [...names].flatMap((name) => {
    const counts = bySize.map(({ places }) => places.get(name)?.statements ?? 0);
    if (!counts.some((count, index) => count > (counts[index - 1] ?? Infinity))) return [];
    const record = bySize.at(-1)?.places.get(name);
    if (!record) return [];
    const statements = new Map(bySize.map(({ rows }, index) => [rows, counts[index] ?? 0]));
    return [{ ...record.place, statements, sql: record.sql }];
  });
  const statements = sizes.map(
    ({ rows, records }) => [rows, Math.max(...records.map(sumOf))] as const,
  );
  return { operation, statements: new Map(statements), offenders };
}

/**
 * Judges a list whose length no argument sets: a place below it that was reached often, and sent a statement each
 * time, does not batch.
 */
export function slopeOfFixedList(operation: string, record: StatementRecord): StatementSlope {
  const offenders = [...record.values()]
    .filter(({ calls, statements }) => calls > 1 && statements >= calls)
    .map(({ place, calls, statements, sql }) => ({
      ...place,
      statements: new Map([[calls, statements]]),
      sql,
    }));
  return { operation, statements: new Map([[0, sumOf(record)]]), offenders };
}

function mostOf(records: readonly StatementRecord[]): Map<string, PlaceRecord> {
  const most = new Map<string, PlaceRecord>();
  for (const record of records) {
    for (const [name, place] of record) {
      if (place.statements > (most.get(name)?.statements ?? -1)) most.set(name, place);
    }
  }
  return most;
}

function sumOf(record: StatementRecord): number {
  return [...record.values()].reduce((sum, { statements }) => sum + statements, 0);
}
