import { Kind, print, type ConstDirectiveNode } from 'graphql';
import { directivesOf } from '../../compose/find-definitions.ts';
import type { ParsedSubgraph } from '../../compose/parse-subgraph.ts';
import { addDirective, removeNode, type DirectiveHolder } from '../edits.ts';
import type { FixCandidate, FixRule } from '../fix-rule.ts';
import { markedNodes, membersNamed } from '../marked-nodes.ts';

const names = ['authenticated', 'requiresScopes', 'policy'];

/** What protects an interface field belongs on the fields that implement it; what protects data, on all that is computed from it. */
export const moveAuthorization: FixRule = {
  codes: ['AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE', 'MISSING_TRANSITIVE_AUTH_REQUIREMENTS'],
  propose: (problem, subgraphs) =>
    problem.code === 'AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE'
      ? moveToImplementations(problem, subgraphs)
      : addToDependents(problem, subgraphs),
};

const moveToImplementations: FixRule['propose'] = (problem, subgraphs) =>
  markedNodes(problem, subgraphs).flatMap(({ subgraph, member, type }): FixCandidate[] => {
    const holder = member ?? type;
    if (!holder || !type) return [];
    const directives = authorizationOf(holder);
    const edits = directives.flatMap((directive) => [
      ...removeNode(subgraph, directive),
      ...subgraphs.flatMap((other) =>
        implementations(other, type.name.value, member?.name.value).flatMap((node) =>
          addDirective(other, node, print(directive)),
        ),
      ),
    ]);
    return [{ title: `move ${directives.map(print).join(' ')} to the implementations`, edits }];
  });

const addToDependents: FixRule['propose'] = (problem, subgraphs) => {
  const coordinates = [...problem.message.matchAll(/"(\w+\.\w+)"/g)].map(([, name = '']) => name);
  const [dependent = '', ...sources] = [...new Set(coordinates)];
  const required = sources
    .flatMap((name) => membersNamed(name, subgraphs))
    .flatMap(({ member }) => (member ? authorizationOf(member).map((node) => print(node)) : []));
  return membersNamed(dependent, subgraphs).map(({ subgraph, member }) => ({
    title: `add ${[...new Set(required)].join(' ')} to ${dependent}`,
    edits: member
      ? [...new Set(required)].flatMap((text) => addDirective(subgraph, member, text))
      : [],
  }));
};

function authorizationOf(node: {
  directives?: readonly ConstDirectiveNode[] | undefined;
}): ConstDirectiveNode[] {
  return names.flatMap((name) => directivesOf(node, name));
}

function implementations(
  subgraph: ParsedSubgraph,
  interfaceName: string,
  fieldName: string | undefined,
): DirectiveHolder[] {
  return subgraph.document.definitions.flatMap((node): DirectiveHolder[] => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION)
      return [];
    if (!(node.interfaces ?? []).some(({ name }) => name.value === interfaceName)) return [];
    if (fieldName === undefined) return [node];
    return (node.fields ?? []).filter(({ name }) => name.value === fieldName);
  });
}
