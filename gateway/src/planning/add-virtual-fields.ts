import { Kind, parse, print, visit } from 'graphql';
import type {
  DefinitionNode,
  DirectiveNode,
  DocumentNode,
  FieldDefinitionNode,
  FieldNode,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { stringArgument } from './string-argument.ts';
import type { VirtualFields } from './virtual-fields.ts';

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** Puts a virtual field in the place of every field with arguments that a `requires` of the supergraph names. */
export function addVirtualFields(
  document: DocumentNode,
  virtualFields: VirtualFields,
): DocumentNode {
  const types = new Map<string, Composite>();
  for (const definition of document.definitions)
    if (isComposite(definition)) types.set(definition.name.value, definition);
  /** By type: virtual name → the field it stands for. */
  const added = new Map<string, Map<string, string>>();

  const rewriteFields = <T extends Composite>(type: T): T => ({
    ...type,
    fields: (type.fields ?? []).map((field) => {
      const directives = (field.directives ?? []).map((each) => rewriteRequires(each, type));
      return { ...field, directives };
    }),
  });
  const withVirtualRequires = visit(document, {
    ObjectTypeDefinition: rewriteFields,
    InterfaceTypeDefinition: rewriteFields,
  });
  return {
    ...withVirtualRequires,
    definitions: withVirtualRequires.definitions.map((definition) => {
      const names = isComposite(definition) ? added.get(definition.name.value) : undefined;
      if (!names || !isComposite(definition)) return definition;
      return {
        ...definition,
        fields: [...(definition.fields ?? []), ...copies(definition, names)],
      };
    }),
  };

  function rewriteRequires(directive: DirectiveNode, owner: Composite): DirectiveNode {
    const requires =
      directive.name.value === 'join__field' ? stringArgument(directive, 'requires') : undefined;
    if (!requires?.includes('(')) return directive;
    const [query] = parse(`{${requires}}`, { noLocation: true }).definitions;
    if (query?.kind !== Kind.OPERATION_DEFINITION) return directive;
    const value = print(rewriteSelections(query.selectionSet, owner.name.value))
      .slice(1, -1)
      .trim();
    return {
      ...directive,
      arguments: (directive.arguments ?? []).map((argument) =>
        argument.name.value === 'requires'
          ? { ...argument, value: { kind: Kind.STRING, value: value.replaceAll(/\s+/g, ' ') } }
          : argument,
      ),
    };
  }

  function rewriteSelections(set: SelectionSetNode, typeName: string): SelectionSetNode {
    return {
      ...set,
      selections: set.selections.map((selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
        if (selection.kind === Kind.INLINE_FRAGMENT) {
          const on = selection.typeCondition?.name.value ?? typeName;
          return { ...selection, selectionSet: rewriteSelections(selection.selectionSet, on) };
        }
        return rewriteField(selection, typeName);
      }),
    };
  }

  function rewriteField(field: FieldNode, typeName: string): FieldNode {
    const definition = types
      .get(typeName)
      ?.fields?.find(({ name }) => name.value === field.name.value);
    if (!definition) return field;
    const selectionSet =
      field.selectionSet && rewriteSelections(field.selectionSet, namedType(definition));
    const rewritten = selectionSet ? { ...field, selectionSet } : field;
    if (!field.arguments?.length) return rewritten;
    const name = virtualFields.nameFor(field);
    for (const type of typesWithField(typeName)) addField(type, field.name.value, name);
    return {
      kind: Kind.FIELD,
      name: { kind: Kind.NAME, value: name },
      ...(selectionSet ? { selectionSet } : {}),
    };
  }

  /** A field asked for at an interface is asked for at each of its implementations too, and the other way round. */
  function typesWithField(typeName: string): string[] {
    const implementers = [...types.values()].filter((type) =>
      type.interfaces?.some(({ name }) => name.value === typeName),
    );
    return [typeName, ...implementers.map((type) => type.name.value)];
  }

  function addField(typeName: string, original: string, name: string): void {
    if (!types.get(typeName)?.fields?.some((field) => field.name.value === original)) return;
    let names = added.get(typeName);
    if (!names) added.set(typeName, (names = new Map()));
    names.set(name, original);
  }
}

/** The virtual fields of a type. What they require themselves has its virtual names already. */
function copies(
  { fields = [] }: Composite,
  names: ReadonlyMap<string, string>,
): FieldDefinitionNode[] {
  return [...names].flatMap(([name, original]) =>
    fields
      .filter((field) => field.name.value === original)
      .map((field) => ({ ...field, name: { kind: Kind.NAME, value: name }, arguments: [] })),
  );
}

function isComposite(node: DefinitionNode | { readonly kind: string }): node is Composite {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function namedType(field: FieldDefinitionNode): string {
  let type = field.type;
  while (type.kind !== Kind.NAMED_TYPE) type = type.type;
  return type.name.value;
}
