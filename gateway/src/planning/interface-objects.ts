import { Kind, type DocumentNode, type InterfaceTypeDefinitionNode } from 'graphql';

/** Names of the interfaces of a supergraph that some subgraph knows as an object type (`@interfaceObject`). */
export function readInterfaceObjects({ definitions }: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  for (const definition of definitions) {
    if (definition.kind === Kind.INTERFACE_TYPE_DEFINITION && isObjectSomewhere(definition)) {
      names.add(definition.name.value);
    }
  }
  return names;
}

/** Join spec: `@join__type(isInterfaceObject: true)`. */
function isObjectSomewhere({ directives = [] }: InterfaceTypeDefinitionNode): boolean {
  return directives.some(
    ({ name, arguments: given = [] }) =>
      name.value === 'join__type' &&
      given.some(
        (argument) =>
          argument.name.value === 'isInterfaceObject' &&
          argument.value.kind === Kind.BOOLEAN &&
          argument.value.value,
      ),
  );
}
