import { Kind, parse, type ConstDirectiveNode, type SelectionSetNode } from 'graphql';
import { getNamedType, isCompositeType, type GraphQLSchema } from 'graphql';

/** A set of fields that the gateway fetches or tells on behalf of something else. */
export interface FieldSetUse {
  directive: 'key' | 'requires' | 'provides';
  /** `Type` of a key, `Type.field` otherwise. */
  holder: string;
  subgraph: string;
  /** Coordinates of its fields, leaves and objects. */
  reads: string[];
}

/**
 * Reads keys, `@requires` and `@provides` from a supergraph, where composition has put them into `@join__type` and
 * `@join__field`.
 * @param schema the whole supergraph, hidden fields included
 */
export function fieldSetUses(supergraphSdl: string, schema: GraphQLSchema): FieldSetUse[] {
  return parse(supergraphSdl, { noLocation: true }).definitions.flatMap((definition) => {
    if (
      definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      definition.kind !== Kind.INTERFACE_TYPE_DEFINITION
    ) {
      return [];
    }
    const typeName = definition.name.value;
    const keys = usesOf(definition.directives, 'join__type', ['key']).map((use) => ({
      ...use,
      holder: typeName,
      reads: coordinatesIn(use.text, typeName, schema),
    }));
    const others = (definition.fields ?? []).flatMap((field) => {
      const holder = `${typeName}.${field.name.value}`;
      return usesOf(field.directives, 'join__field', ['requires', 'provides']).map((use) => {
        const given = schema.getType(typeName);
        const own = given && 'getFields' in given ? given.getFields()[field.name.value] : undefined;
        const start = use.directive === 'requires' || !own ? typeName : getNamedType(own.type).name;
        return { ...use, holder, reads: coordinatesIn(use.text, start, schema) };
      });
    });
    return [...keys, ...others].map(({ directive, holder, subgraph, reads }) => ({
      directive,
      holder,
      subgraph,
      reads,
    }));
  });
}

function usesOf(
  directives: readonly ConstDirectiveNode[] = [],
  name: string,
  names: FieldSetUse['directive'][],
): { directive: FieldSetUse['directive']; subgraph: string; text: string }[] {
  return directives.flatMap((directive) => {
    if (directive.name.value !== name) return [];
    const values = new Map(
      directive.arguments?.map(({ name: { value: key }, value }) => [
        key,
        value.kind === Kind.STRING || value.kind === Kind.ENUM ? value.value : '',
      ]),
    );
    return names.flatMap((each) => {
      const text = values.get(each);
      const subgraph = (values.get('graph') ?? '').toLowerCase();
      return text ? [{ directive: each, subgraph, text }] : [];
    });
  });
}

function coordinatesIn(text: string, typeName: string, schema: GraphQLSchema): string[] {
  const [operation] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  const found = new Set<string>();
  const collect = (set: SelectionSetNode, name: string): void => {
    const type = schema.getType(name);
    if (!isCompositeType(type)) return;
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        collect(selection.selectionSet, selection.typeCondition?.name.value ?? name);
      } else if (selection.kind === Kind.FIELD) {
        const field = 'getFields' in type ? type.getFields()[selection.name.value] : undefined;
        if (field) found.add(`${name}.${field.name}`);
        if (field && selection.selectionSet) {
          collect(selection.selectionSet, getNamedType(field.type).name);
        }
      }
    }
  };
  collect(operation.selectionSet, typeName);
  return [...found];
}
