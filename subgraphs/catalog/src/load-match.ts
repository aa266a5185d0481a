import { mustExist } from '@trellis/kit/reference';
import type { CategoryRow } from './categories-table.ts';
import type { Context } from './context.ts';
import type { ProductRow } from './products-table.ts';
import type { Match } from './search-matches.ts';

export type FoundRow = CategoryRow | ProductRow;

/** Loads what a search found, together with all that it found beside. */
export function loadMatch({ id, found }: Match, { load }: Context): Promise<FoundRow> {
  return found === 'CATEGORY'
    ? mustExist<FoundRow>(load.categoryById.load(id), 'Category', id)
    : mustExist<FoundRow>(load.productById.load(id), 'Product', id);
}
