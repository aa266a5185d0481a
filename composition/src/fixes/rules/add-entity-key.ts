import { Kind, type ASTNode } from 'graphql';
import { directivesOf, typeNodes, type TypeNode } from '../../compose/find-definitions.ts';
import type { ParsedSubgraph } from '../../compose/parse-subgraph.ts';
import { addDirective, addMember, removeNode } from '../edits.ts';
import type { FixCandidate, FixRule } from '../fix-rule.ts';

/** The gateway cannot reach a type in a subgraph because it is no entity there: make it one. */
export const addEntityKey: FixRule = {
  codes: [
    'SATISFIABILITY_ERROR',
    'INTERFACE_KEY_NOT_ON_IMPLEMENTATION',
    'INTERFACE_OBJECT_USAGE_ERROR',
    'CONTEXT_NO_RESOLVABLE_KEY',
  ],
  propose: (problem, subgraphs) => {
    const names = [...problem.message.matchAll(/"(\w+)(?:\.\w+)?"/g)].map(([, name = '']) => name);
    const typeNames = [...new Set(names)];
    return typeNames.flatMap((typeName) => {
      const keys = keysOf(typeName, typeNames, subgraphs);
      return subgraphs.flatMap((subgraph) =>
        typeNodes(subgraph, typeName).flatMap((type) => keyCandidates(type, keys, subgraph)),
      );
    });
  },
};

function keyCandidates(type: TypeNode, keys: string[], subgraph: ParsedSubgraph): FixCandidate[] {
  const own = 'directives' in type ? directivesOf(type, 'key') : [];
  const blocked = own.flatMap((key) => {
    const argument = key.arguments?.find(({ name }) => name.value === 'resolvable');
    return argument ? [argument] : [];
  });
  if (blocked.length > 0) {
    const edits = blocked.flatMap((argument) => removeWithComma(subgraph, argument));
    return [{ title: `remove resolvable: false from ${type.name.value}`, edits }];
  }
  if (own.length > 0 || !('fields' in type)) return [];
  return keys.map((fields) => {
    const missing = fields
      .split(/\s+/)
      .filter((name) => !(type.fields ?? []).some((field) => field.name.value === name));
    return {
      title: `add @key(fields: "${fields}") to ${type.name.value}`,
      edits: [
        ...addDirective(subgraph, type, `@key(fields: "${fields}")`),
        ...missing.flatMap((name) => addMember(subgraph, type, `${name}: ID!`)),
      ],
    };
  });
}

function removeWithComma(subgraph: ParsedSubgraph, argument: ASTNode) {
  return removeNode(subgraph, argument).map((edit) => {
    const before = subgraph.sdl.slice(0, edit.start);
    return before.endsWith(',') ? { ...edit, start: edit.start - 1 } : edit;
  });
}

/** Keys that other declarations of the type, or types the message names too, already have. */
function keysOf(typeName: string, others: string[], subgraphs: ParsedSubgraph[]): string[] {
  const keys = [typeName, ...others].flatMap((name) =>
    subgraphs.flatMap((subgraph) =>
      typeNodes(subgraph, name).flatMap((type) =>
        'directives' in type
          ? directivesOf(type, 'key').flatMap((key) => {
              const value = key.arguments?.find(
                (argument) => argument.name.value === 'fields',
              )?.value;
              return value?.kind === Kind.STRING ? [value.value] : [];
            })
          : [],
      ),
    ),
  );
  const hasId = subgraphs.some((subgraph) =>
    typeNodes(subgraph, typeName).some(
      (type) => 'fields' in type && (type.fields ?? []).some((field) => field.name.value === 'id'),
    ),
  );
  return [...new Set([...keys, ...(hasId ? ['id'] : [])])];
}
