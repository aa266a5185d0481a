import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from 'graphql';
import type { Place } from '../report/problem.ts';
import { placeOfNode, type LocatedNode } from './locate.ts';
import type { ParsedSubgraph } from './parse-subgraph.ts';

/** A definition or extension of a named type. */
export type TypeNode = TypeDefinitionNode | TypeExtensionNode;

/** Something that stands in a type and can carry directives. */
export type MemberNode = FieldDefinitionNode | InputValueDefinitionNode;

/** Every definition and extension of a type in a document. */
export function typeNodes(subgraph: ParsedSubgraph, typeName: string): TypeNode[] {
  return subgraph.document.definitions.filter(
    (node): node is TypeNode =>
      (isTypeDefinitionNode(node) || isTypeExtensionNode(node)) && node.name.value === typeName,
  );
}

/** Every definition of a field, input field or enum value. */
export function memberNodes(
  subgraph: ParsedSubgraph,
  typeName: string,
  name: string,
): MemberNode[] {
  return typeNodes(subgraph, typeName).flatMap((type) => {
    const members = 'fields' in type ? type.fields : 'values' in type ? type.values : undefined;
    return ((members ?? []) as readonly MemberNode[]).filter(
      (member) => member.name.value === name,
    );
  });
}

/** The directives of that name on a node. */
export function directivesOf(
  node: { directives?: readonly ConstDirectiveNode[] | undefined },
  name: string,
): ConstDirectiveNode[] {
  return (node.directives ?? []).filter((directive) => directive.name.value === name);
}

/** Where a coordinate (`Product`, `Product.price`, `Product.price(currency:)`) is defined. */
export function findDefinitions(coordinate: string, subgraphs: ParsedSubgraph[]): Place[] {
  const origins = new Set(subgraphs.map(({ origin }) => origin));
  const match = /^(@?\w+)(?:\.(\w+))?(?:\((\w+):\))?$/.exec(coordinate);
  if (!match) return [];
  const [, typeName = '', fieldName, argumentName] = match;
  return subgraphs.flatMap((subgraph) => {
    let nodes: LocatedNode[] =
      fieldName === undefined
        ? typeNodes(subgraph, typeName.replace(/^@/, ''))
        : memberNodes(subgraph, typeName, fieldName);
    if (argumentName !== undefined) {
      const withArguments = nodes as FieldDefinitionNode[];
      const named = withArguments.flatMap((node) =>
        (node.arguments ?? []).filter((argument) => argument.name.value === argumentName),
      );
      if (named.length > 0) nodes = named;
    }
    return nodes.flatMap((node) => {
      const place = placeOfNode(node, origins);
      return place ? [{ ...place, subgraph: subgraph.name }] : [];
    });
  });
}

/** The `@link` directives on the schema of a subgraph. */
export function linkDirectives(subgraph: ParsedSubgraph): ConstDirectiveNode[] {
  return subgraph.document.definitions
    .flatMap((node) =>
      node.kind === Kind.SCHEMA_EXTENSION || node.kind === Kind.SCHEMA_DEFINITION
        ? (node.directives ?? [])
        : [],
    )
    .filter(({ name }) => name.value === 'link');
}
