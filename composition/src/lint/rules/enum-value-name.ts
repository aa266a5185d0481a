import type { LintRule } from '../lint-rule.ts';
import { enums } from '../schema-nodes.ts';

/** Names of enum values. */
export const enumValueName: LintRule = {
  name: 'enum-value-name',
  description: 'Enum values are named in UPPER_CASE.',
  level: 'error',
  check: ({ subgraph }) =>
    enums(subgraph.document).flatMap((type) =>
      (type.values ?? [])
        .filter(({ name }) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(name.value))
        .map((node) => ({
          node,
          coordinate: `${type.name.value}.${node.name.value}`,
          message: `Enum value ${type.name.value}.${node.name.value} should be named in UPPER_CASE.`,
        })),
    ),
};
