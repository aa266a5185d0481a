import type { Place, StatementRecord } from './statement-recorder.ts';

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
  /** The statement, with `?` for every value. */
  readonly sql: string;
}

/** All records of one size. One row alone may lack what others have, so the most that one record shows counts. */
interface SizedRecords {
  readonly rows: number;
  readonly records: readonly StatementRecord[];
}

/**
 * Compares what each place did at each size; sizes come in growing order. One statement of a shape is what a loader sends,
 * and which of several places is the first in its batch is a matter of chance: only more than one counts.
 */
function slopeOf(operation: string, sizes: readonly SizedRecords[]): StatementSlope {
  const bySize = sizes.map(({ rows, records }) => ({ rows, counts: mostOf(records) }));
  const last = bySize.at(-1)?.counts ?? new Map<string, PlaceCount>();
  const offenders = [...last].flatMap(([name, { place, sql, count }]) => {
    const counts = bySize.map((each) => each.counts.get(name)?.count ?? 0);
    const grows = counts.some((each, index) => each > (counts[index - 1] ?? Infinity));
    if (count < 2 || !grows) return [];
    const statements = new Map(bySize.map(({ rows }, index) => [rows, counts[index] ?? 0]));
    return [{ ...place, statements, sql }];
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
  const offenders = [...record.values()].flatMap(({ place, calls, statements }) =>
    [...statements]
      .filter(([, count]) => count > 1 && count >= calls)
      .map(([sql, count]) => ({ ...place, statements: new Map([[calls, count]]), sql })),
  );
  return { operation, statements: new Map([[0, sumOf(record)]]), offenders };
}

interface PlaceCount {
  readonly place: Place;
  readonly sql: string;
  readonly count: number;
}

function mostOf(records: readonly StatementRecord[]): Map<string, PlaceCount> {
  const most = new Map<string, PlaceCount>();
  for (const record of records) {
    for (const [name, { place, statements }] of record) {
      for (const [sql, count] of statements) {
        const key = `${name} ${sql}`;
        if (count > (most.get(key)?.count ?? 0)) most.set(key, { place, sql, count });
      }
    }
  }
  return most;
}

function sumOf(record: StatementRecord): number {
  const counts = [...record.values()].flatMap(({ statements }) => [...statements.values()]);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Enough rows to see a slope; what looks like one is measured again with all of them. */
const fewSlices = 8;

/**
 * Measures slices of rows at each size. Few slices first: a slope that shows there may come of a slice that lacks what
 * others have, so it counts only when it is still there with every slice.
 * @param measure asks for the rows from `start` on, `rows` of them
 */
export async function measureSlope(
  operation: string,
  { sizes, total }: { readonly sizes: readonly number[]; readonly total: number },
  measure: (start: number, rows: number) => Promise<StatementRecord>,
): Promise<StatementSlope> {
  const measureSlices = async (most: number): Promise<StatementSlope> => {
    const sized: SizedRecords[] = [];
    for (const rows of new Set(sizes.map((size) => Math.min(size, total)))) {
      const records: StatementRecord[] = [];
      for (const start of chooseStarts(Math.floor(total / rows), most)) {
        records.push(await measure(start * rows, rows));
      }
      sized.push({ rows, records });
    }
    return slopeOf(operation, sized);
  };
  const slope = await measureSlices(fewSlices);
  return slope.offenders.length === 0 ? slope : measureSlices(Infinity);
}

/** Spreads the chosen slices evenly over all of them. */
function chooseStarts(count: number, most: number): number[] {
  const chosen = Math.min(count, most);
  return Array.from({ length: chosen }, (_, index) => Math.floor((index * count) / chosen));
}
