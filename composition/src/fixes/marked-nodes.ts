import {
  visit,
  type ASTNode,
  type ConstDirectiveNode,
  type InputValueDefinitionNode,
} from 'graphql';
import { isTypeDefinitionNode, isTypeExtensionNode, Kind } from 'graphql';
import {
  memberNodes,
  typeNodes,
  type MemberNode,
  type TypeNode,
} from '../compose/find-definitions.ts';
import { placeOfNode } from '../compose/locate.ts';
import type { ParsedSubgraph } from '../compose/parse-subgraph.ts';
import type { Place, Problem } from '../report/problem.ts';

/** The syntax that a problem points at, from the inside out. */
export interface MarkedNode {
  subgraph: ParsedSubgraph;
  directive?: ConstDirectiveNode;
  argument?: InputValueDefinitionNode;
  member?: MemberNode;
  type?: TypeNode;
}

/** The nodes at the places of a problem. */
export function markedNodes(problem: Problem, subgraphs: ParsedSubgraph[]): MarkedNode[] {
  return problem.places.flatMap((place) => {
    const subgraph = subgraphs.find(({ origin }) => origin === place.origin);
    const chain = subgraph && chainAt(subgraph, place);
    return subgraph && chain ? [{ subgraph, ...chain }] : [];
  });
}

/** Every definition of `Type.member` in the given subgraphs. */
export function membersNamed(coordinate: string, subgraphs: ParsedSubgraph[]): MarkedNode[] {
  const [typeName = '', memberName = ''] = coordinate.split('.');
  return subgraphs.flatMap((subgraph) =>
    memberNodes(subgraph, typeName, memberName).flatMap((member) => {
      const type = typeNodes(subgraph, typeName).find(
        (node) =>
          node.loc &&
          member.loc &&
          node.loc.start <= member.loc.start &&
          member.loc.end <= node.loc.end,
      );
      return type ? [{ subgraph, member, type }] : [];
    }),
  );
}

type Chain = Omit<MarkedNode, 'subgraph'>;

function chainAt(subgraph: ParsedSubgraph, place: Place): Chain | undefined {
  const origins = new Set([subgraph.origin]);
  let found: Chain | undefined;
  const path: ASTNode[] = [];
  visit(subgraph.document, {
    enter: (node) => {
      path.push(node);
      const at = node.kind === Kind.DOCUMENT ? undefined : placeOfNode(node, origins);
      if (!found && at?.line === place.line && at.column === place.column) found = describe(path);
    },
    leave: () => void path.pop(),
  });
  return found;
}

function describe(chain: ASTNode[]): Chain {
  const described: Chain = {};
  for (const node of chain) {
    if (node.kind === Kind.DIRECTIVE) described.directive = node as ConstDirectiveNode;
    else if (node.kind === Kind.INPUT_VALUE_DEFINITION && described.member)
      described.argument = node;
    else if (
      node.kind === Kind.FIELD_DEFINITION ||
      node.kind === Kind.INPUT_VALUE_DEFINITION ||
      (node.kind as Kind) === Kind.ENUM_VALUE_DEFINITION
    ) {
      described.member = node as MemberNode;
    } else if (isTypeDefinitionNode(node) || isTypeExtensionNode(node)) {
      described.type = node;
    }
  }
  return described;
}
