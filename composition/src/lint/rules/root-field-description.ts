import type { LintRule } from '../lint-rule.ts';
import { fields, rootTypes } from '../schema-nodes.ts';

/** Descriptions of entry points. */
export const rootFieldDescription: LintRule = {
  name: 'root-field-description',
  description: 'Entry points say what they do.',
  level: 'info',
  check: ({ subgraph }) =>
    fields(subgraph.document)
      .filter(({ type, field }) => rootTypes.has(type.name.value) && !field.description)
      .map(({ field, coordinate }) => ({
        node: field,
        coordinate,
        message: `${coordinate} has no description.`,
      })),
};
