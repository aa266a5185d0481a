import { Kind } from 'graphql';
import { removeNode } from '../edits.ts';
import type { FixRule } from '../fix-rule.ts';

/** Federation brings the definitions of its directives; a wrong copy in a subgraph can go. */
export const removeDefinition: FixRule = {
  codes: ['DIRECTIVE_DEFINITION_INVALID'],
  propose: (problem, subgraphs) =>
    subgraphs.flatMap((subgraph) =>
      subgraph.document.definitions.flatMap((node) =>
        node.kind === Kind.DIRECTIVE_DEFINITION && problem.message.includes(`"@${node.name.value}"`)
          ? [
              {
                title: `remove the definition of @${node.name.value}`,
                edits: removeNode(subgraph, node),
              },
            ]
          : [],
      ),
    ),
};
