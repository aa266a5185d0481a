import { directivesOf } from '../../compose/find-definitions.ts';
import { addDirective } from '../edits.ts';
import type { FixRule } from '../fix-rule.ts';
import { membersNamed } from '../marked-nodes.ts';

/** A field that several subgraphs resolve must be @shareable in all of them. */
export const shareField: FixRule = {
  codes: ['INVALID_FIELD_SHARING'],
  propose: (problem, subgraphs) => {
    const unshared = membersNamed(problem.coordinate ?? '', subgraphs).filter(
      ({ member, type }) =>
        member &&
        type &&
        directivesOf(member, 'shareable').length === 0 &&
        directivesOf(member, 'external').length === 0 &&
        directivesOf(type, 'shareable').length === 0,
    );
    const edits = unshared.flatMap(({ subgraph, member }) =>
      member ? addDirective(subgraph, member, '@shareable') : [],
    );
    return [{ title: 'add @shareable', edits }];
  },
};
