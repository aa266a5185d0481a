import { isTypeDefinitionNode, Kind, visit } from 'graphql';
import type { LintRule } from '../lint-rule.ts';
import { outputTypes, rootTypes } from '../schema-nodes.ts';

/** Types nothing leads to. */
export const unusedType: LintRule = {
  name: 'unused-type',
  description: 'Every type is used by another one, is an entity, or implements an interface.',
  level: 'warning',
  check: ({ subgraph: { document } }) => {
    const used = new Set<string>();
    visit(document, { NamedType: (node) => void used.add(node.name.value) });
    for (const type of outputTypes(document)) {
      const isEntity = (type.directives ?? []).some(({ name }) => name.value.endsWith('key'));
      if (isEntity || (type.interfaces ?? []).length > 0) used.add(type.name.value);
    }
    const roots = document.definitions.flatMap((node) =>
      node.kind === Kind.SCHEMA_DEFINITION
        ? node.operationTypes.map(({ type }) => type.name.value)
        : [],
    );
    return document.definitions
      .filter(isTypeDefinitionNode)
      .filter(
        ({ name }) =>
          !used.has(name.value) && !rootTypes.has(name.value) && !roots.includes(name.value),
      )
      .map((node) => ({
        node,
        coordinate: node.name.value,
        message: `Type ${node.name.value} is not used.`,
      }));
  },
};
