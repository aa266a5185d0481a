import { Kind, type ConstDirectiveNode } from 'graphql';
import type { LintFinding, LintRule } from '../lint-rule.ts';
import { namedType, outputTypes, type OutputTypeNode } from '../schema-nodes.ts';

/** Keys identify: they are always there, and equal when they look equal. */
export const keySanity: LintRule = {
  name: 'key-sanity',
  description:
    'Fields of @key are non-null, are neither Float nor Boolean, and no key repeats another one.',
  level: 'error',
  check: ({ subgraph }) =>
    outputTypes(subgraph.document).flatMap((type) => {
      const keys = (type.directives ?? []).filter(({ name }) => name.value.endsWith('key'));
      const seen = new Set<string>();
      return keys.flatMap((key) => {
        const names = keyFields(key);
        const text = names.toSorted().join(' ');
        const repeated: LintFinding[] = seen.has(text)
          ? [
              {
                node: key,
                coordinate: type.name.value,
                message: `${type.name.value} declares the key "${text}" twice.`,
              },
            ]
          : [];
        seen.add(text);
        return [...repeated, ...names.flatMap((name) => judgeField(type, name))];
      });
    }),
};

/** Top-level names of a field set. */
function keyFields(key: ConstDirectiveNode): string[] {
  const value = key.arguments?.find(({ name }) => name.value === 'fields')?.value;
  if (value?.kind !== Kind.STRING) return [];
  return value.value
    .replace(/\{[^{}]*\}/g, ' ')
    .split(/[\s,]+/)
    .filter((name) => /^\w+$/.test(name));
}

function judgeField(type: OutputTypeNode, name: string): LintFinding[] {
  const node = (type.fields ?? []).find((field) => field.name.value === name);
  if (!node) return [];
  const coordinate = `${type.name.value}.${name}`;
  if (node.type.kind !== Kind.NON_NULL_TYPE) {
    return [
      {
        node,
        coordinate,
        message: `${coordinate} is part of a @key but nullable: an entity without key cannot be found.`,
      },
    ];
  }
  const kind = namedType(node.type);
  if (kind !== 'Float' && kind !== 'Boolean') return [];
  return [
    {
      node,
      coordinate,
      message: `${coordinate} is part of a @key but ${kind}: it does not identify.`,
    },
  ];
}
