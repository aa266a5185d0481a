import type { Insertable, Kysely } from 'kysely';
import type { StockAdjustmentsTable, Tables } from './tables.ts';

export async function insertStockAdjustment(
  database: Kysely<Tables>,
  adjustment: Insertable<StockAdjustmentsTable>,
): Promise<void> {
  await database.insertInto('stockAdjustments').values(adjustment).execute();
}
