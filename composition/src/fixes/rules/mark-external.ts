import { addDirective } from '../edits.ts';
import type { FixRule } from '../fix-rule.ts';
import { membersNamed } from '../marked-nodes.ts';

/** A field of @requires or @provides comes from elsewhere: it must be @external here. */
export const markExternal: FixRule = {
  codes: ['REQUIRES_FIELDS_MISSING_EXTERNAL', 'PROVIDES_FIELDS_MISSING_EXTERNAL'],
  propose: (problem, subgraphs) => {
    const coordinate = /field "(\w+\.\w+)" should not be part/.exec(problem.message)?.[1];
    const owners = subgraphs.filter(({ name }) => problem.message.startsWith(`[${name}]`));
    const members = membersNamed(coordinate ?? '', owners);
    const edits = members.flatMap(({ subgraph, member }) =>
      member ? addDirective(subgraph, member, '@external') : [],
    );
    return [{ title: 'add @external', edits }];
  },
};
