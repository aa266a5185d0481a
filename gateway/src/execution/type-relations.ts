import { Kind } from 'graphql';
import type { DocumentNode, NamedTypeNode } from 'graphql';

/** Which types of a supergraph are which others, @inaccessible ones included. */
export interface TypeRelations {
  /** Whether an object that calls itself `typeName` fits a fragment `... on condition`. */
  fits(condition: string, typeName: string): boolean;
  isObjectType(name: string): boolean;
  /** Whether there is an object type or interface of that name. */
  isKnown(name: string): boolean;
  isEnumValue(enumName: string, value: string): boolean;
}

/** Reads the relations from the definitions of a supergraph. */
export function readTypeRelations({ definitions }: DocumentNode): TypeRelations {
  const members = new Map<string, Set<string>>();
  const objects = new Set<string>();
  const interfaces = new Set<string>();
  const enumValues = new Set<string>();
  const addMembers = (names: readonly NamedTypeNode[] | undefined, member: string): void => {
    for (const { name } of names ?? []) {
      const known = members.get(name.value) ?? new Set();
      members.set(name.value, known.add(member));
    }
  };
  for (const definition of definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) {
      objects.add(definition.name.value);
    }
    if (definition.kind === Kind.INTERFACE_TYPE_DEFINITION) interfaces.add(definition.name.value);
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
      const name = definition.name.value;
      for (const value of definition.values ?? []) enumValues.add(`${name}.${value.name.value}`);
    }
    if (
      definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
      definition.kind === Kind.INTERFACE_TYPE_DEFINITION
    ) {
      addMembers(definition.interfaces, definition.name.value);
    }
    if (definition.kind === Kind.UNION_TYPE_DEFINITION) {
      for (const member of definition.types ?? []) {
        const known = members.get(definition.name.value) ?? new Set();
        members.set(definition.name.value, known.add(member.name.value));
      }
    }
  }
  return {
    fits: (condition, typeName) =>
      condition === typeName || members.get(condition)?.has(typeName) === true,
    isKnown: (name) => objects.has(name) || interfaces.has(name),
    isObjectType: (name) => objects.has(name),
    isEnumValue: (enumName, value) => enumValues.has(`${enumName}.${value}`),
  };
}
