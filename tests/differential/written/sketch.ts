import {
  Kind,
  parse,
  type ArgumentNode,
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { parseFieldSet } from './field-sets.ts';

/** A field as one subgraph has it. */
export interface FieldSketch {
  readonly name: string;
  readonly type: TypeNode;
  readonly arguments: readonly string[];
  readonly isExternal: boolean;
  readonly requires: SelectionSetNode | undefined;
  /** Arguments that are filled from objects around. */
  readonly fromContext: readonly ContextSketch[];
}

export interface ContextSketch {
  readonly argument: string;
  readonly context: string;
  readonly set: SelectionSetNode;
}

/** A type as one subgraph has it. */
export interface TypeSketch {
  readonly name: string;
  readonly kind: 'object' | 'interface' | 'union' | 'enum' | 'other';
  readonly isInterfaceObject: boolean;
  readonly keys: readonly SelectionSetNode[];
  readonly contexts: readonly string[];
  readonly interfaces: readonly string[];
  /** Of a union. */
  readonly members: readonly string[];
  /** Of an enum, without what nobody may see. */
  readonly values: readonly string[];
  readonly fields: ReadonlyMap<string, FieldSketch>;
}

export interface SubgraphSketch {
  readonly name: string;
  readonly types: ReadonlyMap<string, TypeSketch>;
}

/** Reads what a subgraph's schema says, its directives by their usual names. */
export function sketchSubgraph(name: string, sdl: string): SubgraphSketch {
  const types = new Map<string, TypeSketch>();
  const roots = new Map<string, string>();
  const { definitions } = parse(sdl, { noLocation: true });
  for (const each of definitions) {
    if (each.kind !== Kind.SCHEMA_DEFINITION && each.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const { operation, type } of each.operationTypes ?? []) {
      roots.set(type.name.value, operation === 'query' ? 'Query' : 'Mutation');
    }
  }
  for (const each of definitions) {
    if (!('name' in each) || each.name === undefined || !('directives' in each)) continue;
    const kind = kinds[each.kind];
    if (!kind) continue;
    const own = roots.get(each.name.value) ?? each.name.value;
    const sketch = sketchType(own, kind, each);
    const known = types.get(own);
    types.set(own, known ? join(known, sketch) : sketch);
  }
  return { name, types };
}

const kinds: Readonly<Record<string, TypeSketch['kind']>> = {
  [Kind.OBJECT_TYPE_DEFINITION]: 'object',
  [Kind.OBJECT_TYPE_EXTENSION]: 'object',
  [Kind.INTERFACE_TYPE_DEFINITION]: 'interface',
  [Kind.INTERFACE_TYPE_EXTENSION]: 'interface',
  [Kind.UNION_TYPE_DEFINITION]: 'union',
  [Kind.ENUM_TYPE_DEFINITION]: 'enum',
  [Kind.SCALAR_TYPE_DEFINITION]: 'other',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'other',
};

interface Definition {
  readonly directives?: readonly ConstDirectiveNode[];
  readonly interfaces?: readonly { readonly name: { readonly value: string } }[];
  readonly types?: readonly { readonly name: { readonly value: string } }[];
  readonly values?: readonly {
    readonly name: { readonly value: string };
    readonly directives?: readonly ConstDirectiveNode[];
  }[];
  readonly fields?: readonly { readonly kind: string }[];
}

function sketchType(name: string, kind: TypeSketch['kind'], definition: unknown): TypeSketch {
  const { directives, interfaces, types, values, fields } = definition as Definition;
  const isExternal = named(directives, 'external').length > 0;
  const own = (fields ?? []).filter(
    (each): each is FieldDefinitionNode => each.kind === Kind.FIELD_DEFINITION,
  );
  return {
    name,
    kind,
    isInterfaceObject: named(directives, 'interfaceObject').length > 0,
    keys: named(directives, 'key').map((each) => parseFieldSet(stringOf(each, 'fields'))),
    contexts: named(directives, 'context').map((each) => stringOf(each, 'name')),
    interfaces: (interfaces ?? []).map((each) => each.name.value),
    members: (types ?? []).map((each) => each.name.value),
    values: (values ?? [])
      .filter((each) => named(each.directives, 'inaccessible').length === 0)
      .map((each) => each.name.value),
    fields: new Map(own.map((each) => [each.name.value, sketchField(each, isExternal)])),
  };
}

function sketchField(field: FieldDefinitionNode, isExternal: boolean): FieldSketch {
  const [requires] = named(field.directives, 'requires');
  return {
    name: field.name.value,
    type: field.type,
    arguments: (field.arguments ?? []).map((each) => each.name.value),
    isExternal: isExternal || named(field.directives, 'external').length > 0,
    requires: requires && parseFieldSet(stringOf(requires, 'fields')),
    fromContext: (field.arguments ?? []).flatMap((each) =>
      named(each.directives, 'fromContext').map((directive) => {
        const [, context = '', set = ''] =
          /^\s*\$(\w+)\s*([^]*)$/.exec(stringOf(directive, 'field')) ?? [];
        return { argument: each.name.value, context, set: parseFieldSet(set) };
      }),
    ),
  };
}

function join(one: TypeSketch, other: TypeSketch): TypeSketch {
  return {
    ...one,
    keys: [...one.keys, ...other.keys],
    interfaces: [...one.interfaces, ...other.interfaces],
    fields: new Map([...one.fields, ...other.fields]),
  };
}

function named(
  directives: readonly ConstDirectiveNode[] | undefined,
  name: string,
): readonly ConstDirectiveNode[] {
  return (directives ?? []).filter(
    (each) => each.name.value === name || each.name.value === `federation__${name}`,
  );
}

function stringOf({ arguments: given = [] }: ConstDirectiveNode, name: string): string {
  const value = given.find((each: ArgumentNode) => each.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : '';
}
