import { rule, shield } from '@trellis/gateway/shield';

/** As by-object.ts, by rules that answer at once and not by promises. */
const seesUser = rule('seesUser', {
  cache: 'strict',
  fragment: 'fragment SeesUser on User { id }',
})(({ id }: { readonly id: string }) => id !== '');
const seesProduct = rule('seesProduct', {
  cache: 'strict',
  fragment: 'fragment SeesProduct on Product { upc }',
})(({ upc }: { readonly upc: string }) => upc !== '');

export const permissions = shield({ User: { name: seesUser }, Product: { price: seesProduct } });
