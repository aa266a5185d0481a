import {
  buildASTSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  printSchema,
  visit,
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';

type Fielded = Extract<TypeDefinitionNode, { readonly fields?: readonly FieldDefinitionNode[] }>;

/** Types by name, in the order of the document. */
type Types = Map<string, TypeDefinitionNode>;

/**
 * Returns the function that makes a schema without some fields, and without the types that nothing leads to any more.
 * A field that an interface still shows stays in its types: it can be asked for there, and its name is known.
 * @param schema what everybody may see together
 * @returns of hidden coordinates (`Type.field`) a schema that is valid by itself
 */
export function createSchemaView(
  schema: GraphQLSchema,
): (hidden: ReadonlySet<string>) => GraphQLSchema {
  let document: DocumentNode | undefined;
  return (hidden) => {
    document ??= parse(printSchema(schema), { noLocation: true });
    const types: Types = new Map();
    const others: DefinitionNode[] = [];
    for (const definition of document.definitions) {
      if ('name' in definition && isTypeDefinition(definition)) {
        types.set(definition.name.value, withoutHidden(definition, schema, hidden));
      } else others.push(definition);
    }
    while (dropEmpty(types)) {
      // What led to a type that was dropped is dropped in the next round.
    }
    const roots = rootsOf(schema).filter(([, name]) => types.has(name));
    const queryName = schema.getQueryType()?.name ?? 'Query';
    if (!types.has(queryName)) {
      types.set(queryName, emptyQuery(queryName));
      roots.push(['query', queryName]);
    }
    const reached = reach(types, [
      ...roots.map(([, name]) => name),
      ...others.flatMap(typesNamedIn),
    ]);
    const kept = [...types].flatMap(([name, type]) => (reached.has(name) ? [type] : []));
    return buildASTSchema(
      {
        kind: Kind.DOCUMENT,
        definitions: [schemaDefinition(roots), ...directivesOf(others), ...kept],
      },
      { assumeValid: true, assumeValidSDL: true },
    );
  };
}

function isTypeDefinition(definition: DefinitionNode): definition is TypeDefinitionNode {
  return definition.kind.endsWith('TypeDefinition');
}

function directivesOf(definitions: readonly DefinitionNode[]): DefinitionNode[] {
  return definitions.filter(({ kind }) => kind === Kind.DIRECTIVE_DEFINITION);
}

function withoutHidden(
  type: TypeDefinitionNode,
  schema: GraphQLSchema,
  hidden: ReadonlySet<string>,
): TypeDefinitionNode {
  const typeName = type.name.value;
  const own = schema.getType(typeName);
  if (!isFielded(type) || !own) return type;
  const isHidden = (coordinate: string): boolean => hidden.has(coordinate);
  const fields = (type.fields ?? []).filter(({ name: { value: field } }) => {
    if (isInterfaceType(own)) return !isHiddenThrough(own.name, field);
    if (!isObjectType(own) || !isHidden(`${typeName}.${field}`)) return true;
    return own
      .getInterfaces()
      .some((each) => each.getFields()[field] && !isHiddenThrough(each.name, field));
  });
  return { ...type, fields };

  /** Whether no object that may stand behind an interface shows its field. */
  function isHiddenThrough(interfaceName: string, field: string): boolean {
    const abstract = schema.getType(interfaceName);
    const possible = isInterfaceType(abstract) ? schema.getPossibleTypes(abstract) : [];
    return possible.length > 0 && possible.every(({ name }) => isHidden(`${name}.${field}`));
  }
}

/** Drops what is empty and what leads to what is not there. Tells whether there was anything. */
function dropEmpty(types: Types): boolean {
  let isChanged = false;
  for (const [name, type] of types) {
    const narrowed = narrow(type, types);
    const isEmpty =
      (isFielded(narrowed) && narrowed.fields?.length === 0) ||
      (narrowed.kind === Kind.UNION_TYPE_DEFINITION && narrowed.types?.length === 0);
    if (!isEmpty && narrowed === type) continue;
    isChanged = true;
    if (isEmpty) types.delete(name);
    else types.set(name, narrowed);
  }
  return isChanged;
}

function narrow(type: TypeDefinitionNode, types: Types): TypeDefinitionNode {
  const isThere = (name: string): boolean => types.has(name) || isBuiltIn(name);
  if (type.kind === Kind.UNION_TYPE_DEFINITION) {
    const members = (type.types ?? []).filter(({ name }) => isThere(name.value));
    return members.length === type.types?.length ? type : { ...type, types: members };
  }
  if (!isFielded(type)) return type;
  const fields = (type.fields ?? []).filter((field) => isThere(namedType(field.type)));
  const names = new Set(fields.map(({ name }) => name.value));
  const interfaces = (type.interfaces ?? []).filter(({ name }) => {
    const implemented = types.get(name.value);
    return (
      implemented !== undefined &&
      isFielded(implemented) &&
      (implemented.fields ?? []).every((field) => names.has(field.name.value))
    );
  });
  const isSame =
    fields.length === type.fields?.length && interfaces.length === (type.interfaces ?? []).length;
  return isSame ? type : { ...type, fields, interfaces };
}

/** The types that something leads to. */
function reach(types: Types, roots: readonly string[]): Set<string> {
  const implementations = new Map<string, string[]>();
  for (const [name, type] of types) {
    for (const each of isFielded(type) ? (type.interfaces ?? []) : []) {
      const known = implementations.get(each.name.value) ?? [];
      implementations.set(each.name.value, [...known, name]);
    }
  }
  const reached = new Set<string>();
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const type = types.get(name);
    if (!type || reached.has(name)) continue;
    reached.add(name);
    waiting.push(...typesNamedIn(type), ...(implementations.get(name) ?? []));
  }
  return reached;
}

function typesNamedIn(node: ASTNode): string[] {
  const names: string[] = [];
  visit(node, { NamedType: ({ name }) => void names.push(name.value) });
  return node.kind === Kind.SCHEMA_DEFINITION ? [] : names;
}

function isFielded(type: TypeDefinitionNode): type is Fielded {
  return type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function isBuiltIn(name: string): boolean {
  return ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(name);
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

type Root = readonly [operation: 'query' | 'mutation' | 'subscription', type: string];

function rootsOf(schema: GraphQLSchema): Root[] {
  const roots = [
    ['query', schema.getQueryType()?.name],
    ['mutation', schema.getMutationType()?.name],
    ['subscription', schema.getSubscriptionType()?.name],
  ] as const;
  return roots.flatMap(([operation, name]): Root[] => (name ? [[operation, name]] : []));
}

function schemaDefinition(roots: readonly Root[]): DefinitionNode {
  return {
    kind: Kind.SCHEMA_DEFINITION,
    operationTypes: roots.map(([operation, name]) => ({
      kind: Kind.OPERATION_TYPE_DEFINITION,
      operation: operation as never,
      type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
    })),
  };
}

/** A schema must have a query with a field, even where its caller may ask for nothing. */
function emptyQuery(name: string): TypeDefinitionNode {
  const [definition] = parse(`type ${name} { "Nothing here is for this caller." _: Boolean }`, {
    noLocation: true,
  }).definitions;
  return definition as TypeDefinitionNode;
}
