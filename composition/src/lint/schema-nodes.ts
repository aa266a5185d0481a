import {
  Kind,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type EnumTypeExtensionNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type InputObjectTypeExtensionNode,
  type InterfaceTypeDefinitionNode,
  type InterfaceTypeExtensionNode,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  type TypeNode,
} from 'graphql';

/** A type with output fields, defined or extended. */
export type OutputTypeNode =
  | ObjectTypeDefinitionNode
  | ObjectTypeExtensionNode
  | InterfaceTypeDefinitionNode
  | InterfaceTypeExtensionNode;
export type EnumNode = EnumTypeDefinitionNode | EnumTypeExtensionNode;
export type InputNode = InputObjectTypeDefinitionNode | InputObjectTypeExtensionNode;

/** A field and where it stands. */
export interface FieldInType {
  type: OutputTypeNode;
  field: FieldDefinitionNode;
  /** `Product.price` */
  coordinate: string;
}

const outputKinds = new Set<Kind>([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_EXTENSION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_EXTENSION,
]);

/** Names of the root types that are not renamed; renamed ones are rare in subgraphs. */
export const rootTypes: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

export function outputTypes({ definitions }: DocumentNode): OutputTypeNode[] {
  return definitions.filter((node): node is OutputTypeNode => outputKinds.has(node.kind));
}

export function enums({ definitions }: DocumentNode): EnumNode[] {
  return definitions.filter(
    (node): node is EnumNode =>
      node.kind === Kind.ENUM_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_EXTENSION,
  );
}

export function inputs({ definitions }: DocumentNode): InputNode[] {
  return definitions.filter(
    (node): node is InputNode =>
      node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ||
      node.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION,
  );
}

export function fields(document: DocumentNode): FieldInType[] {
  return outputTypes(document).flatMap((type) =>
    (type.fields ?? []).map((field) => ({
      type,
      field,
      coordinate: `${type.name.value}.${field.name.value}`,
    })),
  );
}

/** Name of the type inside lists and non-nulls. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** The list in a type, if any: `[T!]!` gives `[T!]`. */
export function listType(type: TypeNode) {
  const inner = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  return inner.kind === Kind.LIST_TYPE ? inner : undefined;
}
