import { readPage } from '@trellis/kit/page';
import { resolveReferenceBy } from '@trellis/kit/reference';
import type { CategoryRow } from '../categories-table.ts';
import type { Context } from '../context.ts';
import type { CategoryResolvers } from '../generated/resolver-types.ts';

export const Category: CategoryResolvers = {
  __resolveReference: resolveReferenceBy<Context, CategoryRow>(
    { fields: ['id'], find: ({ id = '' }, { load }) => load.categoryById.load(id) },
    { fields: ['slug'], find: ({ slug = '' }, { load }) => load.categoryBySlug.load(slug) },
  ),
  parent: ({ parentId }, _args, { load }) =>
    parentId === null ? null : load.categoryById.load(parentId),
  children: ({ id }, _args, { load }) => load.childrenOf.load(id),
  ancestors: ({ id }, _args, { load }) => load.ancestorsOf.load(id),
  products: ({ id }, args, { load }) => load.productsBelow.load(id, readPage(args)),
};
