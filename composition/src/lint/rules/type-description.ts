import { isTypeDefinitionNode, Kind } from 'graphql';
import type { LintRule } from '../lint-rule.ts';
import { rootTypes } from '../schema-nodes.ts';

/** Descriptions of types. */
export const typeDescription: LintRule = {
  name: 'type-description',
  description: 'Types say what they stand for: the schema is the documentation clients read.',
  level: 'info',
  check: ({ subgraph }) =>
    subgraph.document.definitions.flatMap((node) => {
      if (!isTypeDefinitionNode(node) || node.description) return [];
      const name = node.name.value;
      // Generated companions explain themselves by their names.
      if (rootTypes.has(name) || /(Connection|Edge|Payload|Input)$/.test(name)) return [];
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION && isReference(node)) return [];
      return [{ node, coordinate: name, message: `Type ${name} has no description.` }];
    }),
};

/** An entity of another subgraph, named here by its key: described where it is at home. */
function isReference({
  directives,
}: {
  directives?: readonly { name: { value: string } }[];
}): boolean {
  return (directives ?? []).some(({ name }) => name.value.endsWith('key'));
}
