import type { LintRule } from '../lint-rule.ts';
import { fields, inputs } from '../schema-nodes.ts';

/** Names of fields, arguments and input fields. */
export const fieldName: LintRule = {
  name: 'field-name',
  description: 'Fields, arguments and input fields are named in camelCase.',
  level: 'error',
  check: ({ subgraph }) => {
    const output = fields(subgraph.document).flatMap(({ field, coordinate }) => [
      { node: field, coordinate },
      ...(field.arguments ?? []).map((node) => ({
        node,
        coordinate: `${coordinate}(${node.name.value}:)`,
      })),
    ]);
    const input = inputs(subgraph.document).flatMap((type) =>
      (type.fields ?? []).map((node) => ({
        node,
        coordinate: `${type.name.value}.${node.name.value}`,
      })),
    );
    return [...output, ...input]
      .filter(({ node }) => !/^[a-z][A-Za-z0-9]*$/.test(node.name.value))
      .map(({ node, coordinate }) => ({
        node,
        coordinate,
        message: `${coordinate} should be named in camelCase.`,
      }));
  },
};
