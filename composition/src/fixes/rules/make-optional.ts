import { Kind, print } from 'graphql';
import { replaceNode } from '../edits.ts';
import type { FixRule } from '../fix-rule.ts';
import { markedNodes } from '../marked-nodes.ts';

/** An argument that clients cannot send, because it is contextual elsewhere, must not be required. */
export const makeOptional: FixRule = {
  codes: [
    'CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS',
    'REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH',
  ],
  propose: (problem, subgraphs) =>
    markedNodes(problem, subgraphs).flatMap(({ subgraph, argument }) =>
      argument?.type.kind === Kind.NON_NULL_TYPE
        ? [
            {
              title: `make ${argument.name.value} optional`,
              edits: replaceNode(subgraph, argument.type, print(argument.type.type)),
            },
          ]
        : [],
    ),
};
