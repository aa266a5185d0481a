import {
  Kind,
  parse,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type InterfaceTypeExtensionNode,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  type SelectionSetNode,
} from 'graphql';

/** An entity type of a subgraph, as its SDL tells it. */
export interface EntityType {
  readonly name: string;
  readonly isInterface: boolean;
  /** The fields of each `@key` that this subgraph resolves. */
  readonly keys: readonly SelectionSetNode[];
  /** The fields of each `@requires`: they come with a representation. */
  readonly requires: readonly SelectionSetNode[];
  /** The fields that have a `@requires`: only a representation brings what they need. */
  readonly requiring: readonly string[];
}

/** What the SDL says that an executable schema no longer knows. */
export interface FederationFacts {
  readonly entities: readonly EntityType[];
  /** `Type.field` of all fields that other subgraphs resolve. */
  readonly external: ReadonlySet<string>;
}

type TypeNode =
  | ObjectTypeDefinitionNode
  | ObjectTypeExtensionNode
  | InterfaceTypeDefinitionNode
  | InterfaceTypeExtensionNode;

/** Reads entities and external fields (Apollo Federation directives reference). */
export function readFederationFacts(typeDefs: DocumentNode): FederationFacts {
  const names = readDirectiveNames(typeDefs);
  const types = groupByName(typeDefs.definitions.filter(isTypeNode));
  const entities: EntityType[] = [];
  const external = new Set<string>();
  for (const [name, nodes] of types) {
    const fields = nodes.flatMap((node) => node.fields ?? []);
    const keys = nodes
      .flatMap((node) => node.directives ?? [])
      .filter((directive) => directive.name.value === names('key') && isResolvable(directive))
      .map(readFieldSet);
    if (keys.length > 0) {
      const requires = directivesOf(fields, names('requires')).map(readFieldSet);
      const requiring = fields
        .filter((field) => directivesOf([field], names('requires')).length > 0)
        .map((field) => field.name.value);
      entities.push({ name, isInterface: nodes.some(isInterfaceNode), keys, requires, requiring });
    }
    for (const field of fields) {
      const isExternal = field.directives?.some(({ name: it }) => it.value === names('external'));
      if (isExternal) external.add(`${name}.${field.name.value}`);
    }
  }
  return { entities, external };
}

function groupByName(nodes: readonly TypeNode[]): Map<string, TypeNode[]> {
  const groups = new Map<string, TypeNode[]>();
  for (const node of nodes) {
    groups.set(node.name.value, [...(groups.get(node.name.value) ?? []), node]);
  }
  return groups;
}

function isTypeNode(node: DocumentNode['definitions'][number]): node is TypeNode {
  return (
    node.kind === Kind.OBJECT_TYPE_DEFINITION ||
    node.kind === Kind.OBJECT_TYPE_EXTENSION ||
    isInterfaceNode(node)
  );
}

function isInterfaceNode(
  node: DocumentNode['definitions'][number],
): node is InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode {
  return (
    node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_EXTENSION
  );
}

/** Directives may be imported under another name, or not imported and written `@federation__key`. */
function readDirectiveNames(typeDefs: DocumentNode): (name: string) => string {
  const imports = new Map<string, string>();
  for (const node of typeDefs.definitions) {
    if (node.kind !== Kind.SCHEMA_EXTENSION && node.kind !== Kind.SCHEMA_DEFINITION) continue;
    for (const directive of node.directives ?? []) {
      const list = directive.arguments?.find((argument) => argument.name.value === 'import')?.value;
      if (list?.kind !== Kind.LIST) continue;
      for (const item of list.values) {
        if (item.kind === Kind.STRING) imports.set(item.value, item.value);
        if (item.kind !== Kind.OBJECT) continue;
        const [name, as] = ['name', 'as'].map((key) => {
          const value = item.fields.find((field) => field.name.value === key)?.value;
          return value?.kind === Kind.STRING ? value.value : undefined;
        });
        if (name) imports.set(name, as ?? name);
      }
    }
  }
  // Without any @link the schema is of Federation 1, where all names are known.
  if (imports.size === 0) return (name) => name;
  return (name) => imports.get(`@${name}`)?.slice(1) ?? `federation__${name}`;
}

function directivesOf(
  fields: readonly FieldDefinitionNode[],
  name: string,
): readonly ConstDirectiveNode[] {
  return fields
    .flatMap((field) => field.directives ?? [])
    .filter((directive) => directive.name.value === name);
}

function isResolvable(directive: ConstDirectiveNode): boolean {
  const value = directive.arguments?.find((each) => each.name.value === 'resolvable')?.value;
  return !(value?.kind === Kind.BOOLEAN && !value.value);
}

function readFieldSet(directive: ConstDirectiveNode): SelectionSetNode {
  const value = directive.arguments?.find((argument) => argument.name.value === 'fields')?.value;
  const text = value?.kind === Kind.STRING ? value.value : '__typename';
  const [operation] = parse(`{ ${text} }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`No field set: ${text}`);
  return operation.selectionSet;
}
