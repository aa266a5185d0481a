import { isTypeDefinitionNode } from 'graphql';
import type { LintRule } from '../lint-rule.ts';

/** Names of types. */
export const typeName: LintRule = {
  name: 'type-name',
  description: 'Types are named in PascalCase.',
  level: 'error',
  check: ({ subgraph }) =>
    subgraph.document.definitions.flatMap((node) =>
      isTypeDefinitionNode(node) && !/^[A-Z][A-Za-z0-9]*$/.test(node.name.value)
        ? [
            {
              node,
              coordinate: node.name.value,
              message: `Type ${node.name.value} should be named in PascalCase.`,
            },
          ]
        : [],
    ),
};
