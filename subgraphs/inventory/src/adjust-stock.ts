import { readConstraintViolation } from '@trellis/kit/constraint-violation';
import { newId } from '@trellis/kit/seed-id';
import { refuse, succeed, userError, type Outcome, type UserError } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import { insertStockAdjustment } from './stock-adjustments-table.ts';
import { addToStockLevel, insertStockLevel, type StockLevelRow } from './stock-levels-table.ts';
import type { Tables } from './tables.ts';

export interface AdjustStockInput {
  readonly productId: string;
  readonly warehouseId: string;
  /** Added to what is on hand; negative takes away. */
  readonly change: number;
  readonly reason: string;
}

const maxChange = 1_000_000;
const maxReasonLength = 500;

/** What the database refuses, as what the person who booked can put right. */
const refusals: Readonly<Record<string, UserError>> = {
  stock_levels_enough: userError(
    'INSUFFICIENT_STOCK',
    'So many are not there, or are promised to orders already.',
    'change',
  ),
  stock_levels_room: userError('OUT_OF_RANGE', 'A warehouse does not hold that many.', 'change'),
  stock_levels_product_id_fkey: userError(
    'NOT_FOUND',
    'There is no such product, or it needs no parcel.',
    'productId',
  ),
  stock_levels_warehouse_id_fkey: userError(
    'NOT_FOUND',
    'There is no such warehouse.',
    'warehouseId',
  ),
};

/**
 * Books goods in or out of a warehouse, and writes down why. Who books at the same time cannot make what is on hand
 * fall below what is reserved: the table itself refuses that.
 */
export async function adjustStock(
  database: Kysely<Tables>,
  identity: Identity,
  input: AdjustStockInput,
): Promise<Outcome<StockLevelRow>> {
  const reason = input.reason.trim();
  const problems = findProblems({ ...input, reason });
  if (problems.length > 0) return refuse(...problems);
  try {
    const stockLevel = await database.transaction().execute(async (transaction) => {
      const changed = await changeStockLevel(transaction, input);
      await insertStockAdjustment(transaction, {
        stockLevelId: changed.id,
        change: input.change,
        reason,
        adjustedBy: identity.subject ?? 'anonymous',
      });
      return changed;
    });
    return succeed(stockLevel);
  } catch (error) {
    const refusal = refusals[readConstraintViolation(error)?.constraint ?? ''];
    if (refusal) return refuse(refusal);
    throw error;
  }
}

async function changeStockLevel(
  transaction: Kysely<Tables>,
  { productId, warehouseId, change }: AdjustStockInput,
): Promise<StockLevelRow> {
  const key = { productId, warehouseId };
  const changed = await addToStockLevel(transaction, key, change);
  return changed ?? insertStockLevel(transaction, { id: newId('stock'), ...key, onHand: change });
}

function findProblems({ change, reason }: AdjustStockInput): UserError[] {
  const problems: UserError[] = [];
  if (change === 0)
    problems.push(userError('OUT_OF_RANGE', 'A change of 0 changes nothing.', 'change'));
  if (Math.abs(change) > maxChange) {
    const message = `At most ${maxChange} can be booked at once, but ${change} came.`;
    problems.push(userError('OUT_OF_RANGE', message, 'change'));
  }
  if (reason === '') problems.push(userError('EMPTY', 'Say why.', 'reason'));
  if (reason.length > maxReasonLength) {
    const message = `A reason has at most ${maxReasonLength} characters, but this one has ${reason.length}.`;
    problems.push(userError('TOO_LONG', message, 'reason'));
  }
  return problems;
}
