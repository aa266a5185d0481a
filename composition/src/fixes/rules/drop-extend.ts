import { Kind } from 'graphql';
import { makeEdit } from '../edits.ts';
import type { FixCandidate, FixRule } from '../fix-rule.ts';

/** A type that only extends, without a base anywhere, is a type of its own. */
export const dropExtend: FixRule = {
  codes: ['EXTENSION_WITH_NO_BASE'],
  propose: (problem, subgraphs) => {
    const typeName = /"(\w+)"/.exec(problem.message.replace(/^\[\w+\] /, ''))?.[1];
    return subgraphs.flatMap((subgraph) =>
      subgraph.document.definitions.flatMap((node): FixCandidate[] => {
        if (node.kind !== Kind.OBJECT_TYPE_EXTENSION || node.name.value !== typeName || !node.loc)
          return [];
        const { start, end } = node.loc;
        const own = subgraph.sdl.slice(start, end);
        const text = own.replace(/^extend\s+/, '').replace(/\s*@external\b/g, '');
        const edit = makeEdit(subgraph, { start, end, text });
        return [{ title: `define ${typeName} instead of extending it`, edits: [edit] }];
      }),
    );
  },
};
