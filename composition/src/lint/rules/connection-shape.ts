import type { LintRule } from '../lint-rule.ts';
import { fields, outputTypes } from '../schema-nodes.ts';

/** Connections look as Relay's specification says. */
export const connectionShape: LintRule = {
  name: 'connection-shape',
  description:
    'A type named …Connection has edges and pageInfo: PageInfo!, and its fields take first or last (Relay).',
  level: 'warning',
  check: ({ subgraph }) => {
    const connections = outputTypes(subgraph.document).filter(
      ({ name, kind }) => name.value.endsWith('Connection') && kind === 'ObjectTypeDefinition',
    );
    const shapes = connections.flatMap((node) => {
      const names = (node.fields ?? []).map(({ name }) => name.value);
      const missing = ['edges', 'pageInfo'].filter((name) => !names.includes(name));
      if (missing.length === 0) return [];
      const coordinate = node.name.value;
      return [{ node, coordinate, message: `${coordinate} lacks ${missing.join(' and ')}.` }];
    });
    const uses = fields(subgraph.document).flatMap(({ field, coordinate }) => {
      const type = field.type.kind === 'NonNullType' ? field.type.type : field.type;
      if (type.kind !== 'NamedType' || !type.name.value.endsWith('Connection')) return [];
      const hasSize = (field.arguments ?? []).some(({ name }) =>
        ['first', 'last'].includes(name.value),
      );
      if (hasSize) return [];
      return [
        {
          node: field,
          coordinate,
          message: `${coordinate} answers a connection without first or last.`,
        },
      ];
    });
    return [...shapes, ...uses];
  },
};
