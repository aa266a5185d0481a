import { GraphQLObjectType, buildSchema, type GraphQLSchema } from 'graphql';
import type { EntitySpec, GraphSpec, LeafField } from './graph-spec.ts';
import {
  makeEntityValue,
  resolveExtra,
  resolveLabel,
  resolveLeaf,
  resolveReference,
  writeUid,
  type EntityValue,
} from './resolve-fields.ts';
import { entityCount } from './seeded-value.ts';

/** What one operation writes: the order of its mutations, whoever ran them. */
export interface Journal {
  readonly entries: string[];
}

/** Types that carry no identity; the same in the monolith and in every subgraph. */
export const colorSdl = 'enum Color { RED GREEN BLUE }';
export const placeFieldsSdl = '{ id: ID! code: String! }';

export function writeLeaf(leaf: LeafField): string {
  const parameters = leaf.hasArguments ? '(x: Int = 3, text: String)' : '';
  return `${leaf.name}${parameters}: ${leaf.type}`;
}

export function writeReferenceType(graph: GraphSpec, reference: EntitySpec['references'][number]) {
  const target = reference.abstract ?? graph.entities[reference.target]?.name ?? '';
  return reference.isList ? `[${target}!]` : target;
}

/** One schema that has everything: what the federated graph must be equal to. */
export function makeMonolith(graph: GraphSpec): GraphQLSchema {
  const extra = graph.hasInterfaceObject ? 'uid: ID! extra: String label: String!' : '';
  const types = graph.entities.map(
    (entity) => `type ${entity.name} implements Item {
      id: ID! code: String! place: Place! ${extra}
      ${entity.leaves.map(writeLeaf).join('\n')}
      ${entity.references.map((each) => `${each.name}: ${writeReferenceType(graph, each)}`).join('\n')}
    }`,
  );
  const schema = buildSchema(`
    ${colorSdl}
    type Value { a: Int b: String! }
    type Place ${placeFieldsSdl}
    interface Item { id: ID! code: String! ${extra} }
    union Any = ${graph.entities.map(({ name }) => name).join(' | ')}
    ${types.join('\n')}
    type Query {
      ${graph.entities.map(({ name }) => `${name.toLowerCase()}(id: ID!): ${name}`).join('\n')}
      items: [Item!]
      any: [Any]
    }
    type Mutation {
      ${graph.entities.map(({ name }) => `touch${name}(id: ID!): ${name}`).join('\n')}
      ${subgraphNumbers(graph)
        .map((number) => `write${number}(text: String!): [String!]!`)
        .join('\n')}
    }
  `);
  for (const entity of graph.entities) resolveEntity(schema, graph, entity);
  resolveRoots(schema, graph);
  return schema;
}

export function subgraphNumbers({ subgraphCount }: GraphSpec): readonly number[] {
  return Array.from({ length: subgraphCount }, (_, number) => number);
}

/** Puts resolvers on the fields of an entity that this schema has. */
export function resolveEntity(schema: GraphQLSchema, graph: GraphSpec, entity: EntitySpec): void {
  const type = schema.getType(entity.name);
  if (!(type instanceof GraphQLObjectType)) return;
  const fields = type.getFields();
  for (const leaf of entity.leaves) {
    const field = fields[leaf.name];
    if (field) {
      field.resolve = (value: EntityValue, args: object) =>
        resolveLeaf(graph, value, { leaf, args });
    }
  }
  for (const reference of entity.references) {
    const field = fields[reference.name];
    if (field) field.resolve = (value: EntityValue) => resolveReference(graph, value, reference);
  }
  const uid = (value: EntityValue): string => writeUid(value);
  if (fields['uid']) fields['uid'].resolve = uid;
  if (fields['extra']) {
    fields['extra'].resolve = (value: EntityValue) => resolveExtra(graph, uid(value));
  }
  if (fields['label']) fields['label'].resolve = ({ code }: EntityValue) => resolveLabel(code);
  if (fields['place'])
    fields['place'].resolve = ({ id, code }: EntityValue): object => ({ id, code });
}

/** Puts resolvers on the root fields that this schema has. */
export function resolveRoots(schema: GraphQLSchema, graph: GraphSpec): void {
  const query = schema.getQueryType()?.getFields() ?? {};
  const mutation = schema.getMutationType()?.getFields() ?? {};
  const all = (): EntityValue[] =>
    graph.entities.flatMap(({ name }) =>
      Array.from({ length: entityCount }, (_, id) => makeEntityValue(name, String(id))),
    );
  for (const { name } of graph.entities) {
    const one = (_root: unknown, { id }: { id: string }): EntityValue | null =>
      Number(id) < entityCount ? makeEntityValue(name, id) : null;
    const [read, touch] = [query[name.toLowerCase()], mutation[`touch${name}`]];
    if (read) read.resolve = one;
    if (touch) {
      touch.resolve = (root, args: { id: string }, journal: Journal) => {
        journal.entries.push(`touch ${name} ${args.id}`);
        return one(root, args);
      };
    }
  }
  for (const list of ['items', 'any']) if (query[list]) query[list].resolve = all;
  for (const number of subgraphNumbers(graph)) {
    const write = mutation[`write${number}`];
    if (!write) continue;
    write.resolve = (_root, { text }: { text: string }, journal: Journal) => {
      journal.entries.push(`${number} ${text}`);
      return [...journal.entries];
    };
  }
}
