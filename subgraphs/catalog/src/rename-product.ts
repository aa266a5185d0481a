import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Kysely } from 'kysely';
import { updateProduct, type ProductRow } from './products-table.ts';
import type { Tables } from './tables.ts';

export interface RenameProductInput {
  readonly productId: string;
  readonly name: string;
}

const maxLength = 200;

/** Gives a product another name, without blanks around it. */
export async function renameProduct(
  database: Kysely<Tables>,
  input: RenameProductInput,
): Promise<Outcome<ProductRow>> {
  const name = input.name.trim();
  if (name === '') return refuse(userError('EMPTY', 'A product needs a name.', 'name'));
  if (name.length > maxLength) {
    const message = `A name has at most ${maxLength} characters, but this one has ${name.length}.`;
    return refuse(userError('TOO_LONG', message, 'name'));
  }
  const product = await updateProduct(database, input.productId, { name });
  if (!product) return refuse(userError('NOT_FOUND', 'There is no such product.', 'productId'));
  return succeed(product);
}
