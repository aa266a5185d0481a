import type { EntitySpec, GraphSpec, LeafField, ReferenceField } from './graph-spec.ts';
import { hashPlace, makeReference, makeValue } from './seeded-value.ts';

/** An entity as resolvers see it: its id, and what a representation brought along. */
export interface EntityValue {
  readonly __typename: string;
  readonly id: string;
  readonly code: string;
  /** Inputs of `@requires`, by the name under which they are required; absent in the monolith, which computes them. */
  readonly brought?: Readonly<Record<string, unknown>>;
}

export function makeEntityValue(type: string, id: string): EntityValue {
  return { __typename: type, id, code: `c-${id}` };
}

/**
 * What a leaf field of an entity is: the one truth that the monolith and the subgraphs share.
 * @throws Error where the field is unreliable and it is this entity's turn
 */
export function resolveLeaf(
  graph: GraphSpec,
  entity: EntityValue,
  { leaf, args }: { readonly leaf: LeafField; readonly args: object },
): unknown {
  const place = {
    seed: graph.dataSeed,
    type: entity.__typename,
    id: entity.id,
    field: leaf.name,
    arguments: args,
  };
  if (leaf.requires.length > 0) return JSON.stringify(readInputs(graph, entity, leaf));
  if (!leaf.isReliable && hashPlace(place, 9, 'fails') === 0) throw new Error('boom');
  return makeValue(leaf.type, place);
}

function readInputs(graph: GraphSpec, entity: EntityValue, leaf: LeafField): readonly unknown[] {
  return leaf.requires.map(({ name, x }) => {
    if (entity.brought) return entity.brought[name];
    const spec = graph.entities.find((each) => each.name === entity.__typename);
    const input = spec?.leaves.find((each) => each.name === name);
    if (!input) throw new Error(`${entity.__typename} has no field ${name}`);
    return resolveLeaf(graph, entity, { leaf: input, args: x === undefined ? {} : { x } });
  });
}

export function resolveReference(
  graph: GraphSpec,
  entity: EntityValue,
  reference: ReferenceField,
): EntityValue | null | readonly EntityValue[] {
  const target = nameOf(graph.entities[reference.target]);
  const place = {
    seed: graph.dataSeed,
    type: entity.__typename,
    id: entity.id,
    field: reference.name,
  };
  const ids = makeReference(place, reference.isList);
  if (ids === null) return null;
  return typeof ids === 'string'
    ? makeEntityValue(target, ids)
    : ids.map((id) => makeEntityValue(target, id));
}

/** What the `@interfaceObject` subgraph adds to every entity. */
export function resolveExtra(graph: GraphSpec, id: string): string {
  return `extra ${hashPlace({ seed: graph.dataSeed, type: 'Item', id, field: 'extra' }, 100)}`;
}

export function nameOf(entity: EntitySpec | undefined): string {
  if (!entity) throw new Error('no such entity');
  return entity.name;
}
