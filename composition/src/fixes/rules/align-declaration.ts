import { print, type FieldDefinitionNode, type InputValueDefinitionNode } from 'graphql';
import { addMember, makeEdit, replaceNode } from '../edits.ts';
import type { FixCandidate, FixRule } from '../fix-rule.ts';
import { markedNodes, membersNamed, type MarkedNode } from '../marked-nodes.ts';

/** Declarations of one field, argument or input field differ between subgraphs: one takes over that of another. */
export const alignDeclaration: FixRule = {
  codes: [
    'FIELD_TYPE_MISMATCH',
    'EXTERNAL_TYPE_MISMATCH',
    'EXTERNAL_ARGUMENT_MISSING',
    'EXTERNAL_ARGUMENT_TYPE_MISMATCH',
    'EXTERNAL_ARGUMENT_DEFAULT_MISMATCH',
    'FIELD_ARGUMENT_TYPE_MISMATCH',
    'FIELD_ARGUMENT_DEFAULT_MISMATCH',
    'INPUT_FIELD_DEFAULT_MISMATCH',
    'REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH',
    'REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH',
  ],
  propose: (problem, subgraphs) => {
    const coordinate = (problem.coordinate ?? '').replace(/\(.*$/, '');
    const members = membersNamed(coordinate, subgraphs);
    const candidates = members.flatMap((from) =>
      members.flatMap((to) => (from.subgraph === to.subgraph ? [] : takeOver(from, to))),
    );
    const [typeName = ''] = coordinate.split('.');
    return [
      ...sortExternalFirst(candidates),
      ...addToOthers(typeName, members, markedNodes(problem, subgraphs), subgraphs),
    ];
  },
};

type Declared = FixCandidate & { isOnExternal: boolean };

function takeOver(from: MarkedNode, to: MarkedNode): Declared[] {
  if (!from.member || !to.member || !('type' in from.member) || !('type' in to.member)) return [];
  const text = declaration(from.member);
  const start = to.member.name.loc?.end ?? 0;
  const typeEnd = 'defaultValue' in to.member ? to.member.defaultValue?.loc?.end : undefined;
  const end = typeEnd ?? to.member.type.loc?.end ?? 0;
  const isExternal = (to.member.directives ?? []).some(({ name }) => name.value === 'external');
  return [
    {
      title: `declare ${to.member.name.value} as in ${from.subgraph.name}: ${to.member.name.value}${text}`,
      edits: [makeEdit(to.subgraph, { start, end, text })],
      isOnExternal: isExternal,
    },
  ];
}

/** Arguments, type and default of a declaration, without its directives. */
function declaration(member: FieldDefinitionNode | InputValueDefinitionNode): string {
  const plain = withoutDecoration(member);
  if ('arguments' in plain && plain.arguments) {
    Object.assign(plain, { arguments: plain.arguments.map(withoutDecoration) });
  }
  return print(plain)
    .slice(member.name.value.length)
    .replace(/\s*\n\s*/g, ' ');
}

function withoutDecoration<Node extends FieldDefinitionNode | InputValueDefinitionNode>(
  node: Node,
): Node {
  const plain: Node = { ...node, directives: [] };
  delete (plain as { description?: unknown }).description;
  return plain;
}

/** Copying the owner's declaration to where the field is @external changes nothing at run time: first choice. */
function sortExternalFirst(candidates: Declared[]): FixCandidate[] {
  const sorted = candidates.toSorted((a, b) => Number(b.isOnExternal) - Number(a.isOnExternal));
  return sorted.map(({ title, edits }) => ({ title, edits }));
}

/** A required input field that some subgraphs lack is added there. */
function addToOthers(
  typeName: string,
  members: MarkedNode[],
  marked: MarkedNode[],
  subgraphs: MarkedNode['subgraph'][],
): FixCandidate[] {
  const [source] = members;
  if (!source?.member) return [];
  const text = `${source.member.name.value}${'type' in source.member ? declaration(source.member) : ''}`;
  const edits = subgraphs
    .filter(({ name }) => !members.some(({ subgraph }) => subgraph.name === name))
    .flatMap((subgraph) =>
      subgraph.document.definitions.flatMap((node) =>
        node.kind === 'InputObjectTypeDefinition' && node.name.value === typeName
          ? addMember(subgraph, node, text)
          : [],
      ),
    );
  const optional = marked.flatMap(({ subgraph, member }) =>
    member && 'type' in member && member.type.kind === 'NonNullType'
      ? replaceNode(subgraph, member.type, print(member.type.type))
      : [],
  );
  return [
    { title: `add ${text}`, edits },
    { title: `make ${source.member.name.value} optional`, edits: optional },
  ];
}
