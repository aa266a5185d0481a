import { rule, shield } from '@trellis/gateway/shield';

/** Rules on the same two fields, decided for each object from its key. */
const seesUser = rule('seesUser', {
  cache: 'strict',
  fragment: 'fragment SeesUser on User { id }',
})(async ({ id }: { readonly id: string }) => id !== '');
const seesProduct = rule('seesProduct', {
  cache: 'strict',
  fragment: 'fragment SeesProduct on Product { upc }',
})(async ({ upc }: { readonly upc: string }) => upc !== '');

export const permissions = shield({ User: { name: seesUser }, Product: { price: seesProduct } });
