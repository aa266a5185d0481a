import type { Supergraph } from '@apollo/federation-internals';

/** What must be known of a type of a subgraph to fetch its objects as entities. Plain data. */
export interface SubgraphType {
  /** Of an interface: the object types that it may be. */
  readonly members: readonly string[];
  readonly keys: readonly SubgraphKey[];
  /** By field: the field sets that it is computed from (`@requires`). */
  readonly requires: ReadonlyMap<string, readonly string[]>;
}

export interface SubgraphKey {
  readonly fieldSet: string;
  readonly isResolvable: boolean;
}

/** By subgraph, by name: its object types and interfaces. */
export type SubgraphTypeTable = ReadonlyMap<string, ReadonlyMap<string, SubgraphType>>;

export interface SubgraphTypes {
  /** Undefined for what is neither an object type nor an interface there. */
  of(subgraph: string, name: string): SubgraphType | undefined;
}

/** Reads the types of subgraphs one by one, when they are asked for. */
export function readSubgraphTypes(supergraph: Supergraph): SubgraphTypes {
  const known = new Map<string, SubgraphType | undefined>();
  return {
    of(subgraph, name) {
      const key = `${subgraph} ${name}`;
      if (!known.has(key)) {
        const type = supergraph.subgraphs().get(subgraph)?.schema.type(name);
        known.set(key, isComposite(type) ? readType(type) : undefined);
      }
      return known.get(key);
    },
  };
}

/** Reads the types of all subgraphs, to be handed to another thread. */
export function listSubgraphTypes(supergraph: Supergraph): SubgraphTypeTable {
  const table = new Map<string, ReadonlyMap<string, SubgraphType>>();
  for (const { name, schema } of supergraph.subgraphs()) {
    const types = [...schema.objectTypes(), ...schema.interfaceTypes()];
    table.set(name, new Map(types.map((type) => [type.name, readType(type)])));
  }
  return table;
}

type Schema = NonNullable<ReturnType<ReturnType<Supergraph['subgraphs']>['get']>>['schema'];
type AnyType = ReturnType<Schema['type']>;
type Composite = Extract<AnyType, { kind: 'ObjectType' | 'InterfaceType' }>;

function isComposite(type: AnyType): type is Composite {
  return type?.kind === 'ObjectType' || type?.kind === 'InterfaceType';
}

/** Most types are no entities; handed to another thread, one object stays one object. */
const plainType: SubgraphType = { members: [], keys: [], requires: new Map() };

function readType(type: Composite): SubgraphType {
  const members =
    type.kind === 'InterfaceType' ? type.possibleRuntimeTypes().map(({ name }) => name) : [];
  const keys = argumentsOf(type.appliedDirectives, 'key').flatMap(({ fields, resolvable }) =>
    typeof fields === 'string' ? [{ fieldSet: fields, isResolvable: resolvable !== false }] : [],
  );
  const requires = new Map<string, readonly string[]>();
  for (const { name, appliedDirectives } of type.fields()) {
    const fieldSets = argumentsOf(appliedDirectives, 'requires').flatMap(({ fields }) =>
      typeof fields === 'string' ? [fields] : [],
    );
    if (fieldSets.length > 0) requires.set(name, fieldSets);
  }
  const isPlain = members.length === 0 && keys.length === 0 && requires.size === 0;
  return isPlain ? plainType : { members, keys, requires };
}

function argumentsOf(
  directives: readonly { readonly name: string; arguments(): Readonly<Record<string, unknown>> }[],
  directive: string,
): Readonly<Record<string, unknown>>[] {
  return directives
    .filter(({ name }) => name === directive || name === `federation__${directive}`)
    .map((applied) => applied.arguments());
}
