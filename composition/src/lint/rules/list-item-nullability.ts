import type { LintRule } from '../lint-rule.ts';
import { fields, listType } from '../schema-nodes.ts';

/** Items of lists. */
export const listItemNullability: LintRule = {
  name: 'list-item-nullability',
  description: 'Items of lists are non-null ([T!]): otherwise every client checks every item.',
  level: 'warning',
  check: ({ subgraph }) =>
    fields(subgraph.document).flatMap(({ field, coordinate }) => {
      const list = listType(field.type);
      // Edges may be null by Relay's specification.
      if (!list || list.type.kind === 'NonNullType' || field.name.value === 'edges') return [];
      return [
        { node: field, coordinate, message: `${coordinate} may hold null items; write [T!].` },
      ];
    }),
};
