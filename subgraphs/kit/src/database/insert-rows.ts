import type { PoolClient } from 'pg';

/** A value of a column; objects are for `json` and `jsonb`. */
export type ColumnValue = string | number | boolean | Date | null | object;

/** Far below the 1 GB PostgreSQL takes in one parameter, large enough that the round trip does not count. */
const rowsPerStatement = 5_000;

/**
 * Inserts many rows with few statements: each batch travels as one JSON parameter that PostgreSQL spreads
 * over the table's own column types.
 * @param table its name without schema; not for text from outside
 * @param rows all with the same keys, which are the columns' names; columns that are left out get their defaults
 */
export async function insertRows(
  client: Pick<PoolClient, 'query'>,
  table: string,
  rows: readonly Readonly<Record<string, ColumnValue>>[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first)
    .map((name) => `"${name}"`)
    .join(', ');
  const name = await qualify(client, table);
  const statement = `insert into ${name} (${columns}) select ${columns} from json_populate_recordset(null::${name}, $1::json)`;
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const batch = rows.slice(start, start + rowsPerStatement);
    await client.query(statement, [JSON.stringify(batch)]);
  }
}

/** A bare name would mean PostgreSQL's own type first, where it has one of that name: `line`, `path`, `interval`. */
async function qualify(client: Pick<PoolClient, 'query'>, table: string): Promise<string> {
  const { rows } = await client.query<{ schema: string | null }>(
    `select (select relnamespace::regnamespace::text from pg_class where oid = to_regclass($1)) as schema`,
    [`"${table}"`],
  );
  const schema = rows[0]?.schema;
  if (!schema) throw new Error(`there is no table "${table}" to insert rows into`);
  return `${schema}."${table}"`;
}
