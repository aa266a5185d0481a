import type { LintRule } from '../lint-rule.ts';
import { inputs } from '../schema-nodes.ts';

/** Names of input types. */
export const inputName: LintRule = {
  name: 'input-name',
  description:
    'Input types end in Input (or Filter, OrderBy, Sort, Where), so that they are not taken for what is answered.',
  level: 'warning',
  check: ({ subgraph }) =>
    inputs(subgraph.document)
      .filter(({ name }) => !/(Input|Filter|OrderBy|Sort|Where)$/.test(name.value))
      .map((node) => ({
        node,
        coordinate: node.name.value,
        message: `Input type ${node.name.value} should be named ${node.name.value}Input.`,
      })),
};
