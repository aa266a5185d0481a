import { Kind, visit, type NamedTypeNode } from 'graphql';
import { replaceNode } from '../edits.ts';
import type { FixRule } from '../fix-rule.ts';
import { nearestName } from '../nearest-name.ts';

const builtIn = ['Int', 'Float', 'String', 'Boolean', 'ID'];

/** A type that does not exist is often one that does, misspelt. */
export const correctTypeName: FixRule = {
  codes: ['INVALID_GRAPHQL'],
  propose: (problem, subgraphs) => {
    const wrong = /Unknown type (\w+)/.exec(problem.message)?.[1];
    if (wrong === undefined) return [];
    return subgraphs.flatMap((subgraph) => {
      if (!problem.message.startsWith(`[${subgraph.name}]`)) return [];
      const own = subgraph.document.definitions.flatMap((node) =>
        'name' in node && node.name && node.kind !== Kind.DIRECTIVE_DEFINITION
          ? [node.name.value]
          : [],
      );
      const right = nearestName(wrong, [...own, ...builtIn]);
      if (right === undefined) return [];
      const uses: NamedTypeNode[] = [];
      visit(subgraph.document, {
        NamedType: (node) => {
          if (node.name.value === wrong) uses.push(node);
        },
      });
      const edits = uses.flatMap((node) => replaceNode(subgraph, node, right));
      return [{ title: `write ${right} instead of ${wrong}`, edits }];
    });
  },
};
