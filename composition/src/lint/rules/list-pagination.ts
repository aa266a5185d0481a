import type { LintRule } from '../lint-rule.ts';
import { fields, listType, namedType, outputTypes, rootTypes } from '../schema-nodes.ts';

const sizeArguments = new Set(['first', 'last', 'limit', 'ids', 'keys']);

/** Lists at entry points and of entities grow without end unless the client says how many. */
export const listPagination: LintRule = {
  name: 'list-pagination',
  description:
    'A list of objects at an entry point takes first, last or limit, or is a connection: lists grow.',
  level: 'warning',
  check: ({ subgraph }) => {
    const objects = new Set(outputTypes(subgraph.document).map(({ name }) => name.value));
    return fields(subgraph.document)
      .filter(
        ({ type, field }) =>
          rootTypes.has(type.name.value) &&
          listType(field.type) !== undefined &&
          objects.has(namedType(field.type)) &&
          !(field.arguments ?? []).some(({ name }) => sizeArguments.has(name.value)),
      )
      .map(({ field, coordinate }) => ({
        node: field,
        coordinate,
        message: `${coordinate} answers a list without a limit; make it a connection or add first.`,
      }));
  },
};
