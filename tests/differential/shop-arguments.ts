import { seedId, type IdKind } from '@trellis/kit/seed-id';
import { seededPerson } from '@trellis/kit/seeded-people';
import { seededOrder, seededProduct, seededWarehouses } from '@trellis/kit/seeded-shop';
import { getNamedType, isEnumType, type GraphQLField } from 'graphql';
import type { Choice } from './operation-spec.ts';

/** Which kind of id a root field takes. */
const kinds: Readonly<Record<string, IdKind>> = {
  user: 'user',
  product: 'product',
  category: 'category',
  warehouse: 'warehouse',
  order: 'order',
  payment: 'payment',
  review: 'review',
  shipment: 'shipment',
};

/** Other ways to name something, by root field. */
const alternatives: Readonly<Record<string, (index: number) => string>> = {
  product: (index) => `sku: "${seededProduct(index).sku}"`,
  order: (index) => `number: "${seededOrder(index).number}"`,
  warehouse: (index) => `code: "${seededWarehouses[index % seededWarehouses.length]?.code}"`,
};

/** Writes arguments that mean something in the shop: ids of seeded things, and short pages. */
export function writeShopArguments(field: GraphQLField<unknown, unknown>, choice: Choice): string {
  const given = argumentsOf(field, choice);
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}

function argumentsOf(
  { name, args }: GraphQLField<unknown, unknown>,
  { argument, directive, alias }: Choice,
): readonly string[] {
  const index = argument * 20 + directive;
  const kind = kinds[name];
  if (kind && args.some((each) => each.name === 'id')) {
    const alternative = alternatives[name];
    return [alternative && alias % 2 === 0 ? alternative(index) : `id: "${seedId(kind, index)}"`];
  }
  return args.flatMap((each) => {
    if (each.name === 'first') return [`first: ${argument % 4}`];
    if (each.name === 'username') return [`username: "${seededPerson(index).username}"`];
    if (each.name === 'text') return ['text: "e"'];
    const type = getNamedType(each.type);
    if (isEnumType(type) && argument === 5) return [`${each.name}: ${type.getValues()[0]?.name}`];
    return [];
  });
}
