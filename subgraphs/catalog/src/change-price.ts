import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Kysely } from 'kysely';
import { updateProduct, type ProductRow } from './products-table.ts';
import type { Tables } from './tables.ts';

export interface ChangePriceInput {
  readonly productId: string;
  /** In the smallest unit of the product's currency. */
  readonly amount: number;
}

/** Changes what a product costs from now on; orders keep the price at which they were placed. */
export async function changePrice(
  database: Kysely<Tables>,
  { productId, amount }: ChangePriceInput,
): Promise<Outcome<ProductRow>> {
  if (amount < 0) {
    return refuse(
      userError('OUT_OF_RANGE', `A price cannot be negative, but ${amount} came.`, 'amount'),
    );
  }
  const product = await updateProduct(database, productId, { priceAmount: amount });
  if (!product) return refuse(userError('NOT_FOUND', 'There is no such product.', 'productId'));
  return succeed(product);
}
