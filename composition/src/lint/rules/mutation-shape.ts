import type { LintRule } from '../lint-rule.ts';
import { fields, namedType } from '../schema-nodes.ts';

/** Mutations can grow without breaking clients: one input, one payload. */
export const mutationShape: LintRule = {
  name: 'mutation-shape',
  description:
    'A mutation answers a type of its own named …Payload, so that results and user errors can be added.',
  level: 'warning',
  check: ({ subgraph }) =>
    fields(subgraph.document)
      .filter(
        ({ type, field }) =>
          type.name.value === 'Mutation' &&
          !/(Payload|Result|Response)$/.test(namedType(field.type)),
      )
      .map(({ field, coordinate }) => ({
        node: field,
        coordinate,
        message: `${coordinate} answers ${namedType(field.type)}; answer a type named …Payload.`,
      })),
};
