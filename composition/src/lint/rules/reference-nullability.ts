import { Kind } from 'graphql';
import type { LintRule } from '../lint-rule.ts';
import { fields, namedType, outputTypes } from '../schema-nodes.ts';

/** Fields that lead to another subgraph. */
export const referenceNullability: LintRule = {
  name: 'reference-nullability',
  description:
    'A field that leads to an entity of another subgraph is nullable: when that subgraph fails, a non-null field takes its parent away too.',
  level: 'info',
  check: ({ subgraph }) => {
    const references = new Set(
      outputTypes(subgraph.document)
        .filter(isReference)
        .map(({ name }) => name.value),
    );
    return fields(subgraph.document)
      .filter(
        ({ field }) =>
          field.type.kind === Kind.NON_NULL_TYPE && references.has(namedType(field.type)),
      )
      .map(({ field, coordinate }) => ({
        node: field,
        coordinate,
        message: `${coordinate} is non-null but leads to another subgraph; a failure there removes the whole parent.`,
      }));
  },
};

/** A type with nothing but its key, or explicitly not resolvable here. */
function isReference(type: ReturnType<typeof outputTypes>[number]): boolean {
  const keys = (type.directives ?? []).filter(({ name }) => name.value.endsWith('key'));
  return keys.some(({ arguments: args }) =>
    args?.some(
      ({ name, value }) =>
        name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value,
    ),
  );
}
