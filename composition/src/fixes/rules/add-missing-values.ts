import { Kind, print } from 'graphql';
import type { ParsedSubgraph } from '../../compose/parse-subgraph.ts';
import { addMember } from '../edits.ts';
import type { FixRule } from '../fix-rule.ts';

/** Enums and inputs that several subgraphs define need a common part: each gets what it lacks. */
export const addMissingValues: FixRule = {
  codes: ['ENUM_VALUE_MISMATCH', 'EMPTY_MERGED_ENUM_TYPE', 'EMPTY_MERGED_INPUT_TYPE'],
  propose: (problem, subgraphs) => {
    const typeName = /(?:type|enum) "(\w+)"/i.exec(problem.message)?.[1] ?? '';
    const only = /but value "(\w+)"/.exec(problem.message)?.[1];
    const definitions = subgraphs.map((subgraph) => ({
      subgraph,
      ...membersOf(subgraph, typeName),
    }));
    const all = new Map(definitions.flatMap(({ members }) => [...members]));
    const wanted = [...all].filter(([name]) => only === undefined || name === only);
    const edits = definitions.flatMap(({ subgraph, node, members }) =>
      node
        ? wanted.flatMap(([name, text]) =>
            members.has(name) ? [] : addMember(subgraph, node, text),
          )
        : [],
    );
    return [{ title: `add ${only ?? 'what the others define'} to ${typeName}`, edits }];
  },
};

function membersOf(subgraph: ParsedSubgraph, typeName: string) {
  for (const node of subgraph.document.definitions) {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION && node.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION)
      continue;
    if (node.name.value !== typeName) continue;
    const nodes = (node.kind === Kind.ENUM_TYPE_DEFINITION ? node.values : node.fields) ?? [];
    return { node, members: new Map(nodes.map((member) => [member.name.value, print(member)])) };
  }
  return { node: undefined, members: new Map<string, string>() };
}
