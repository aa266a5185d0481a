import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLObjectType, parse, type GraphQLSchema } from 'graphql';
import { hub, type EntitySpec, type GraphSpec, type LeafField } from './graph-spec.ts';
import {
  colorSdl,
  resolveEntity,
  resolveRoots,
  subgraphNumbers,
  writeLeaf,
  writeReferenceType,
} from './make-monolith.ts';
import { makeEntityValue, resolveExtra, type EntityValue } from './resolve-fields.ts';

export interface CutSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly schema: GraphQLSchema;
}

const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key",
  "@shareable", "@external", "@requires", "@provides", "@override", "@interfaceObject"])`;

/** Cuts the graph: every subgraph gets the fields it owns, and what it needs to reach the others. */
export function makeSubgraphs(graph: GraphSpec): readonly CutSubgraph[] {
  const cut = subgraphNumbers(graph).map((number) => makeSubgraph(graph, number));
  return graph.hasInterfaceObject ? [...cut, makeInterfaceObject(graph)] : cut;
}

function makeSubgraph(graph: GraphSpec, number: number): CutSubgraph {
  const present = graph.entities.filter((entity) => isIn(graph, entity, number));
  const types = present.map((entity) => writeEntity(graph, entity, number)).join('\n');
  const roots = [
    ...present
      .filter(({ home }) => home === number)
      .map(({ name }) => `${name.toLowerCase()}(id: ID!): ${name}`),
    ...(number === hub ? ['items: [Item!]', 'any: [Any]'] : []),
  ];
  const key = graph.hasInterfaceObject ? ' @key(fields: "id")' : '';
  const sdl = `${header}
    ${/\bColor\b/.test(types) ? colorSdl : ''}
    ${/\bValue\b/.test(types) ? 'type Value @shareable { a: Int b: String! }' : ''}
    ${number === hub ? `interface Item${key} { id: ID! code: String! }` : ''}
    ${number === hub ? `union Any = ${graph.entities.map(({ name }) => name).join(' | ')}` : ''}
    ${types}
    ${roots.length > 0 ? `type Query { ${roots.join('\n')} }` : ''}
    type Mutation {
      write${number}(text: String!): [String!]!
      ${present
        .filter(({ home }) => home === number)
        .map(({ name }) => `touch${name}(id: ID!): ${name}`)
        .join('\n')}
    }`;
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl) });
  for (const entity of present) {
    resolveEntity(schema, graph, entity);
    findByReference(schema, entity.name, (reference) => readReference(entity.name, reference));
  }
  resolveRoots(schema, graph);
  return { name: `s${number}`, sdl, schema };
}

function makeInterfaceObject(graph: GraphSpec): CutSubgraph {
  const sdl = `${header}
    type Item @key(fields: "id") @interfaceObject { id: ID! extra: String }`;
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl) });
  findByReference(schema, 'Item', ({ id }) => ({ id, extra: resolveExtra(graph, String(id)) }));
  return { name: 'extras', sdl, schema };
}

/** Whether a subgraph has anything to say of an entity, or leads to it. */
function isIn(graph: GraphSpec, entity: EntitySpec, number: number): boolean {
  return (
    number === hub ||
    number === entity.home ||
    entity.leaves.some((leaf) => roleOf(leaf, number) !== undefined) ||
    entity.references.some(({ owner }) => owner === number) ||
    graph.entities.some(({ references }) =>
      references.some(({ owner, target }) => owner === number && graph.entities[target] === entity),
    )
  );
}

type Role = 'owner' | 'shared' | 'old';

function roleOf(leaf: LeafField, number: number): Role | undefined {
  if (leaf.owner === number) return 'owner';
  if (leaf.alsoIn === number) return 'shared';
  return leaf.movedFrom?.subgraph === number ? 'old' : undefined;
}

function writeEntity(graph: GraphSpec, entity: EntitySpec, number: number): string {
  const keys = number === hub || number === entity.home ? 'both' : (entity.keys[number] ?? 'both');
  const external = externalLeaves(graph, entity, number);
  const leaves = entity.leaves.flatMap((leaf) => {
    const role = roleOf(leaf, number);
    if (role !== undefined)
      return [`${writeLeaf(leaf)} ${writeDirectives(leaf, role, isProvided(graph, entity, leaf))}`];
    return external.has(leaf.name) ? [`${writeLeaf(leaf)} @external`] : [];
  });
  const references = entity.references
    .filter(({ owner }) => owner === number)
    .map((each) => {
      const provides = each.provides ? ` @provides(fields: "${each.provides.name}")` : '';
      return `${each.name}: ${writeReferenceType(graph, each)}${provides}`;
    });
  return `type ${entity.name} ${number === hub ? 'implements Item' : ''}
    ${keys === 'code' ? '' : '@key(fields: "id")'} ${keys === 'id' ? '' : '@key(fields: "code")'} {
      ${keys === 'code' ? '' : 'id: ID!'} ${keys === 'id' ? '' : 'code: String!'}
      ${leaves.join('\n')}
      ${references.join('\n')}
    }`;
}

function writeDirectives(leaf: LeafField, role: Role, isProvided: boolean): string {
  if (leaf.alsoIn !== undefined || isProvided) return '@shareable';
  if (role !== 'owner') return '';
  const { movedFrom, requires } = leaf;
  if (movedFrom) {
    const label = movedFrom.isGradual ? ', label: "percent(50)"' : '';
    return `@override(from: "s${movedFrom.subgraph}"${label})`;
  }
  if (requires.length === 0) return '';
  const fields = requires.map(({ name, x }) => (x === undefined ? name : `${name}(x: ${x})`));
  return `@requires(fields: "${fields.join(' ')}")`;
}

/** What a reference of another subgraph provides is answered by two: its owner must know. */
function isProvided(graph: GraphSpec, entity: EntitySpec, leaf: LeafField): boolean {
  return graph.entities.some(({ references }) =>
    references.some(
      ({ target, provides }) => graph.entities[target] === entity && provides?.name === leaf.name,
    ),
  );
}

/** Leaves of others that a field here is computed from, or that a reference here provides. */
function externalLeaves(graph: GraphSpec, entity: EntitySpec, number: number): ReadonlySet<string> {
  const required = entity.leaves
    .filter(({ owner }) => owner === number)
    .flatMap(({ requires }) => requires.map(({ name }) => name));
  const provided = graph.entities
    .flatMap(({ references }) => references)
    .filter(({ owner, target }) => owner === number && graph.entities[target] === entity)
    .flatMap(({ provides }) => (provides ? [provides.name] : []));
  return new Set([...required, ...provided]);
}

type Reference = Readonly<Record<string, unknown>>;

function readReference(type: string, reference: Reference): EntityValue {
  const { __typename, id, code, ...brought } = reference;
  void __typename;
  const known = typeof id === 'string' ? id : String(code).slice('c-'.length);
  return { ...makeEntityValue(type, known), brought };
}

function findByReference(
  schema: GraphQLSchema,
  name: string,
  find: (reference: Reference) => object,
): void {
  const type = schema.getType(name);
  if (!(type instanceof GraphQLObjectType)) throw new Error(`no type ${name}`);
  type.extensions = { ...type.extensions, apollo: { subgraph: { resolveReference: find } } };
}
