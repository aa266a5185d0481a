import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/** What an operation may not leave out when a variable of an input type is sent: unknown, so the whole type counts. */
export const everyInputField = '*';

/**
 * Schema coordinates that an operation depends on: `Type`, `Type.field`, `Type.field.argument`, `Input.field`,
 * `Enum.VALUE`, `@directive`. A field asked for on an interface counts for its implementations too. An enum that is answered
 * counts with all its values; a variable of an input type with all its fields, since only the client knows which.
 */
export function usedCoordinates(document: DocumentNode, schema: GraphQLSchema): Set<string> {
  const used = new Set<string>();
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: (node) => {
        const parent = typeInfo.getParentType();
        const field = typeInfo.getFieldDef();
        if (!parent || !field) return;
        const owners: GraphQLNamedType[] = isAbstractType(parent)
          ? [parent, ...schema.getPossibleTypes(parent)]
          : [parent];
        for (const owner of owners) {
          used.add(owner.name).add(`${owner.name}.${node.name.value}`);
          for (const argument of node.arguments ?? []) {
            used.add(`${owner.name}.${node.name.value}.${argument.name.value}`);
          }
        }
        addOutput(getNamedType(field.type), used);
      },
      InlineFragment: (node) => {
        if (node.typeCondition) addCondition(schema.getType(node.typeCondition.name.value), used);
      },
      FragmentDefinition: (node) => {
        addCondition(schema.getType(node.typeCondition.name.value), used);
      },
      VariableDefinition: (node) => {
        let { type } = node;
        while (type.kind !== Kind.NAMED_TYPE) type = type.type;
        addInput(schema.getType(type.name.value), used);
      },
      Directive: (node) => {
        used.add(`@${node.name.value}`);
        for (const { name } of node.arguments ?? []) used.add(`@${node.name.value}.${name.value}`);
      },
      ObjectField: (node) => {
        const parent = getNamedType(typeInfo.getParentInputType());
        if (parent) used.add(parent.name).add(`${parent.name}.${node.name.value}`);
      },
      EnumValue: (node) => {
        const type = getNamedType(typeInfo.getInputType());
        if (type) used.add(type.name).add(`${type.name}.${node.value}`);
      },
    }),
  );
  return used;
}

function addOutput(type: GraphQLNamedType, used: Set<string>): void {
  used.add(type.name);
  if (isEnumType(type)) for (const { name } of type.getValues()) used.add(`${type.name}.${name}`);
}

function addCondition(type: GraphQLNamedType | undefined, used: Set<string>): void {
  if (type && isCompositeType(type)) used.add(type.name);
}

function addInput(type: GraphQLNamedType | undefined, used: Set<string>): void {
  if (!type || used.has(`${type.name}.${everyInputField}`)) return;
  used.add(type.name);
  if (isEnumType(type)) addOutput(type, used);
  if (!isInputObjectType(type)) return;
  used.add(`${type.name}.${everyInputField}`);
  for (const field of Object.values(type.getFields())) {
    used.add(`${type.name}.${field.name}`);
    addInput(getNamedType(field.type), used);
  }
}
