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

/** The key of the interface: entities of different types may have equal ids. */
export function writeUid({ __typename, id }: EntityValue): string {
  return `${__typename}/${id}`;
}

export function readUid(uid: unknown): EntityValue {
  const [type = '', id = ''] = String(uid).split('/');
  return makeEntityValue(type, id);
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
  if (leaf.requires.length > 0) {
    const given = leaf.hasArguments ? [args] : [];
    return JSON.stringify([...readInputs(graph, entity, leaf), ...given]);
  }
  if (!leaf.isReliable && hashPlace(place, 9, 'fails') === 0) throw new Error('boom');
  return makeValue(leaf.type, place);
}

function readInputs(graph: GraphSpec, entity: EntityValue, leaf: LeafField): readonly unknown[] {
  return leaf.requires.map(({ name, x, below }) => {
    const pick = (value: unknown): unknown =>
      below && isObject(value) ? below.map((each) => value[each]) : value;
    if (entity.brought) return pick(entity.brought[name]);
    const spec = graph.entities.find((each) => each.name === entity.__typename);
    const input = spec?.leaves.find((each) => each.name === name);
    if (!input) throw new Error(`${entity.__typename} has no field ${name}`);
    return pick(resolveLeaf(graph, entity, { leaf: input, args: x === undefined ? {} : { x } }));
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function resolveReference(
  graph: GraphSpec,
  entity: EntityValue,
  reference: ReferenceField,
): EntityValue | null | readonly EntityValue[] {
  const place = {
    seed: graph.dataSeed,
    type: entity.__typename,
    id: entity.id,
    field: reference.name,
  };
  const ids = makeReference(place, reference.isList);
  if (ids === null) return null;
  const valueOf = (id: string): EntityValue => {
    const any = hashPlace({ ...place, field: `${place.field} to ${id}` }, graph.entities.length);
    const target = reference.abstract ? any : reference.target;
    return makeEntityValue(nameOf(graph.entities[target]), id);
  };
  return typeof ids === 'string' ? valueOf(ids) : ids.map(valueOf);
}

/**
 * What the `@interfaceObject` subgraph adds to every entity.
 * @throws Error where it is unreliable and it is this entity's turn
 */
export function resolveExtra(graph: GraphSpec, uid: string): string {
  const number = hashPlace({ seed: graph.dataSeed, type: 'Item', id: uid, field: 'extra' }, 100);
  if (!graph.isExtraReliable && number % 4 === 0) throw new Error('boom');
  return `extra ${number}`;
}

/** What it computes from the entity's code. */
export function resolveLabel(code: unknown): string {
  if (typeof code !== 'string') throw new Error('no code was told');
  return `label of ${code}`;
}

export function nameOf(entity: EntitySpec | undefined): string {
  if (!entity) throw new Error('no such entity');
  return entity.name;
}
