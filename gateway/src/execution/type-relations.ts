import { Kind, parse } from 'graphql';
import type { NamedTypeNode } from 'graphql';

/** Which types of a supergraph are which others, @inaccessible ones included. */
export interface TypeRelations {
  /** Whether an object that calls itself `typeName` fits a fragment `... on condition`. */
  fits(condition: string, typeName: string): boolean;
  isObjectType(name: string): boolean;
  /** The object type a field returns, unless it is abstract or a leaf: then objects must tell their type themselves. */
  fieldObjectType(typeName: string, fieldName: string): string | undefined;
}

/** Reads the relations from supergraph SDL. */
export function readTypeRelations(sdl: string): TypeRelations {
  const members = new Map<string, Set<string>>();
  const objects = new Map<string, Map<string, string>>();
  const addMembers = (names: readonly NamedTypeNode[] | undefined, member: string): void => {
    for (const { name } of names ?? []) {
      const known = members.get(name.value) ?? new Set();
      members.set(name.value, known.add(member));
    }
  };
  for (const definition of parse(sdl, { noLocation: true }).definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) {
      objects.set(definition.name.value, fieldTypes(definition.fields ?? []));
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
    isObjectType: (name) => objects.has(name),
    fieldObjectType(typeName, fieldName) {
      const type = objects.get(typeName)?.get(fieldName);
      return type !== undefined && objects.has(type) ? type : undefined;
    },
  };
}

function fieldTypes(
  fields: readonly { readonly name: { readonly value: string }; readonly type: TypeNodeLike }[],
): Map<string, string> {
  return new Map(
    fields.map(({ name, type }) => {
      let inner = type;
      while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type;
      return [name.value, inner.name.value];
    }),
  );
}

type TypeNodeLike = import('graphql').TypeNode;
