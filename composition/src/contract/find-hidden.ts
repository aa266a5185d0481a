import {
  isTypeDefinitionNode,
  Kind,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import type { ContractFilter } from './contract-filter.ts';

/** Coordinates that a contract hides: `Type`, `Type.member`, `Type.field.argument`. */
export type HiddenElements = Set<string>;

type FieldsNode = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/**
 * Applies the tags. Fields of objects and interfaces are shown when they or their type carry an included tag;
 * a field that an included interface field needs is shown with it. Everything else is shown unless excluded:
 * whether something leads to it is decided later.
 */
export function findHidden(supergraph: DocumentNode, filter: ContractFilter): HiddenElements {
  const hidden: HiddenElements = new Set();
  const needed = filter.isSelective ? neededByInterfaces(supergraph, filter) : new Set<string>();
  for (const node of supergraph.definitions) {
    if (!isTypeDefinitionNode(node) || node.name.value.includes('__')) continue;
    if (filter.isExcluded(node)) hidden.add(node.name.value);
    if (isFieldsNode(node)) hideFields(node, { filter, hidden, needed });
    else hideMembers(node, filter, hidden);
  }
  return hidden;
}

interface Hiding {
  filter: ContractFilter;
  hidden: HiddenElements;
  needed: Set<string>;
}

function hideFields(node: FieldsNode, { filter, hidden, needed }: Hiding): void {
  const isTypeIncluded = filter.isIncluded(node);
  for (const field of node.fields ?? []) {
    const coordinate = `${node.name.value}.${field.name.value}`;
    const isShown = isTypeIncluded || filter.isIncluded(field) || needed.has(coordinate);
    if (filter.isExcluded(field) || !isShown) hidden.add(coordinate);
    for (const argument of field.arguments ?? []) {
      if (filter.isExcluded(argument)) hidden.add(`${coordinate}.${argument.name.value}`);
    }
  }
}

function hideMembers(node: DefinitionNode, filter: ContractFilter, hidden: HiddenElements): void {
  const members =
    node.kind === Kind.ENUM_TYPE_DEFINITION
      ? node.values
      : node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
        ? node.fields
        : [];
  for (const member of members ?? []) {
    if ('name' in node && node.name && filter.isExcluded(member)) {
      hidden.add(`${node.name.value}.${member.name.value}`);
    }
  }
}

function neededByInterfaces(supergraph: DocumentNode, filter: ContractFilter): Set<string> {
  const shown = new Map<string, FieldDefinitionNode[]>();
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const isTypeIncluded = filter.isIncluded(node);
    shown.set(
      node.name.value,
      (node.fields ?? []).filter((field) => isTypeIncluded || filter.isIncluded(field)),
    );
  }
  return new Set(
    supergraph.definitions.flatMap((node) =>
      isFieldsNode(node)
        ? (node.interfaces ?? []).flatMap(({ name }) =>
            (shown.get(name.value) ?? []).map((field) => `${node.name.value}.${field.name.value}`),
          )
        : [],
    ),
  );
}

function isFieldsNode(node: DefinitionNode): node is FieldsNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
}
