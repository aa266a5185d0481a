import { removeNode } from '../edits.ts';
import type { FixRule } from '../fix-rule.ts';
import { markedNodes } from '../marked-nodes.ts';

/** An @external field that nothing uses declares nothing: it can go. */
export const removeUnusedExternal: FixRule = {
  codes: ['EXTERNAL_UNUSED'],
  propose: (problem, subgraphs) =>
    markedNodes(problem, subgraphs).flatMap(({ subgraph, member }) =>
      member
        ? [
            {
              title: `remove the unused field ${member.name.value}`,
              edits: removeNode(subgraph, member),
            },
          ]
        : [],
    ),
};
