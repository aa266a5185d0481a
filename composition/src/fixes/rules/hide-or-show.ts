import { directivesOf } from '../../compose/find-definitions.ts';
import { addDirective, removeNode, type DirectiveHolder } from '../edits.ts';
import type { FixCandidate, FixRule } from '../fix-rule.ts';
import { markedNodes, membersNamed } from '../marked-nodes.ts';

/** @inaccessible on one element while a visible one needs it: hide both, or show both. */
export const hideOrShow: FixRule = {
  codes: [
    'REFERENCED_INACCESSIBLE',
    'IMPLEMENTED_BY_INACCESSIBLE',
    'REQUIRED_INACCESSIBLE',
    'DEFAULT_VALUE_USES_INACCESSIBLE',
    'QUERY_ROOT_TYPE_INACCESSIBLE',
    'DISALLOWED_INACCESSIBLE',
    'ONLY_INACCESSIBLE_CHILDREN',
  ],
  propose: (problem, subgraphs) => {
    const coordinates = [...problem.message.matchAll(/"(\w+\.\w+)(?:\([^)]*\))?"/g)].map(
      ([, name = '']) => name,
    );
    const mentioned = [...new Set(coordinates)].flatMap((name) => membersNamed(name, subgraphs));
    const hide = mentioned.flatMap(({ subgraph, member }): FixCandidate[] =>
      member && directivesOf(member, 'inaccessible').length === 0
        ? [
            {
              title: `add @inaccessible to ${member.name.value}`,
              edits: addDirective(subgraph, member, '@inaccessible'),
            },
          ]
        : [],
    );
    const show = subgraphs.flatMap((subgraph): FixCandidate[] => {
      const nodes = [
        ...markedNodes(problem, [subgraph]),
        ...mentioned.filter((node) => node.subgraph === subgraph),
      ];
      const holders = nodes.flatMap(({ argument, member, type }) => [argument, member, type]);
      const children = nodes.flatMap(({ type }): DirectiveHolder[] => {
        if (!type) return [];
        if ('fields' in type) return [...(type.fields ?? [])];
        return 'values' in type ? [...(type.values ?? [])] : [];
      });
      const found = [...holders, ...children].flatMap((node) =>
        node ? directivesOf(node, 'inaccessible') : [],
      );
      return [...new Set(found)].map((node) => ({
        title: 'remove @inaccessible',
        edits: removeNode(subgraph, node),
      }));
    });
    return [...hide, ...show];
  },
};
