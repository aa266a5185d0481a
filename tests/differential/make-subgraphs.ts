import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLInterfaceType, GraphQLObjectType, parse, type GraphQLSchema } from 'graphql';
import {
  hub,
  type EntitySpec,
  type GraphSpec,
  type LeafField,
  type ReferenceField,
  type Style,
} from './graph-spec.ts';
import {
  colorSdl,
  placeFieldsSdl,
  resolveEntity,
  resolveRoots,
  subgraphNumbers,
  writeLeaf,
  writeReferenceType,
} from './make-monolith.ts';
import {
  makeEntityValue,
  readUid,
  resolveExtra,
  resolveLabel,
  type EntityValue,
} from './resolve-fields.ts';

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
  const itemKey = graph.hasInterfaceObject ? ' @key(fields: "uid")' : '';
  const itemUid = graph.hasInterfaceObject ? 'uid: ID!' : '';
  const whole = `${header}
    ${/\bColor\b/.test(types) ? colorSdl : ''}
    ${/\bValue\b/.test(types) ? 'type Value @shareable { a: Int b: String! }' : ''}
    ${/\bPlace\b/.test(types) ? `type Place @shareable ${placeFieldsSdl}` : ''}
    ${number === hub ? `interface Item${itemKey} { id: ID! code: String! ${itemUid} }` : ''}
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
  const sdl = inStyle(whole, graph.styles[number]);
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl) });
  for (const entity of present) {
    resolveEntity(schema, graph, entity);
    findByReference(schema, entity.name, (reference) => readReference(entity.name, reference));
  }
  if (number === hub && graph.hasInterfaceObject) {
    findByReference(schema, 'Item', ({ uid }) => readUid(uid));
  }
  resolveRoots(schema, graph);
  return { name: `s${number}`, sdl, schema };
}

/** Writes a schema as the same subgraph might have it elsewhere. */
function inStyle(sdl: string, style: Style | undefined): string {
  if (style === 'renamed') {
    const query = /type Query\b/.test(sdl) ? 'query: Root' : '';
    return `schema { ${query} mutation: Change }
      ${sdl.replace('type Query {', 'type Root {').replace('type Mutation {', 'type Change {')}`;
  }
  const old = sdl.replace(header, '').replaceAll('@shareable', '');
  const needsLink = /@override|resolvable: false|interface Item @key/.test(old);
  return style === 'old' && !needsLink ? old : sdl;
}

function makeInterfaceObject(graph: GraphSpec): CutSubgraph {
  const sdl = `${header}
    type Item @key(fields: "uid") @interfaceObject { uid: ID! code: String! @external
      extra: String label: String! @requires(fields: "code") }`;
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl) });
  findByReference(schema, 'Item', ({ uid, code }) => ({
    uid,
    extra: () => resolveExtra(graph, String(uid)),
    label: () => resolveLabel(code),
  }));
  return { name: 'extras', sdl, schema };
}

/** Whether a subgraph has anything to say of an entity, or leads to it. */
function isIn(graph: GraphSpec, entity: EntitySpec, number: number): boolean {
  return (
    isAnswered(entity, number) ||
    graph.entities.some(({ references }) =>
      references.some(({ owner, target }) => owner === number && graph.entities[target] === entity),
    )
  );
}

/** Whether a subgraph can be asked about an entity that others have found. */
function isAnswered(entity: EntitySpec, number: number): boolean {
  return (
    number === hub ||
    number === entity.home ||
    entity.leaves.some((leaf) => roleOf(leaf, number) !== undefined) ||
    entity.references.some(({ owner }) => owner === number)
  );
}

type Role = 'owner' | 'shared' | 'old';

function roleOf(leaf: LeafField, number: number): Role | undefined {
  if (leaf.owner === number) return 'owner';
  if (leaf.alsoIn === number) return 'shared';
  return leaf.movedFrom?.subgraph === number ? 'old' : undefined;
}

function writeEntity(graph: GraphSpec, entity: EntitySpec, number: number): string {
  const { fieldSets, fields } = keysOf(graph, entity, number);
  const resolvable = isAnswered(entity, number) ? '' : ', resolvable: false';
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
      const provides = each.provides ? ` @provides(fields: "${writeProvided(graph, each)}")` : '';
      return `${each.name}: ${writeReferenceType(graph, each)}${provides}`;
    });
  return `type ${entity.name} ${number === hub ? 'implements Item' : ''}
    ${fieldSets.map((fieldSet) => `@key(fields: "${fieldSet}"${resolvable})`).join(' ')} {
      ${fields}
      ${leaves.join('\n')}
      ${references.join('\n')}
    }`;
}

/** What a reference provides: where it may lead to any entity, of one type only. */
function writeProvided(graph: GraphSpec, { provides, abstract, target }: ReferenceField): string {
  const name = provides?.name ?? '';
  return abstract ? `... on ${graph.entities[target]?.name} { ${name} }` : name;
}

/** The keys of an entity in a subgraph, and the fields they are made of. */
function keysOf(
  { hasInterfaceObject }: GraphSpec,
  entity: EntitySpec,
  number: number,
): { readonly fieldSets: readonly string[]; readonly fields: string } {
  const knowsAll = number === hub || number === entity.home;
  const keys = knowsAll ? allKeys : keysByKind[entity.keys[number] ?? 'both'];
  if (!hasInterfaceObject) return keys;
  // Composition finds the way from an implementation to an interface object by the interface's own key only.
  return { fieldSets: [...keys.fieldSets, 'uid'], fields: `${keys.fields} uid: ID!` };
}

const allKeys = {
  fieldSets: ['id', 'code', 'id code', 'place { id }'],
  fields: 'id: ID! code: String! place: Place!',
};

const keysByKind = {
  id: { fieldSets: ['id'], fields: 'id: ID!' },
  code: { fieldSets: ['code'], fields: 'code: String!' },
  both: { fieldSets: ['id', 'code'], fields: 'id: ID! code: String!' },
  pair: { fieldSets: ['id code'], fields: 'id: ID! code: String!' },
  nested: { fieldSets: ['place { id }'], fields: 'place: Place!' },
};

function writeDirectives(leaf: LeafField, role: Role, isProvided: boolean): string {
  if (leaf.alsoIn !== undefined || isProvided) return '@shareable';
  if (role !== 'owner') return '';
  const { movedFrom, requires } = leaf;
  if (movedFrom) {
    const label = movedFrom.isGradual ? ', label: "percent(50)"' : '';
    return `@override(from: "s${movedFrom.subgraph}"${label})`;
  }
  if (requires.length === 0) return '';
  const fields = requires.map(({ name, x, below }) => {
    const selection = below ? ` { ${below.join(' ')} }` : '';
    return `${x === undefined ? name : `${name}(x: ${x})`}${selection}`;
  });
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
  const { __typename, id, code, place, uid, ...brought } = reference;
  void __typename;
  const inPlace = (place as { readonly id?: unknown } | undefined)?.id;
  const inUid = uid === undefined ? undefined : readUid(uid).id;
  const known: unknown = id ?? inPlace ?? inUid ?? String(code).slice('c-'.length);
  return { ...makeEntityValue(type, String(known)), brought };
}

function findByReference(
  schema: GraphQLSchema,
  name: string,
  find: (reference: Reference) => object,
): void {
  const type = schema.getType(name);
  if (!(type instanceof GraphQLObjectType || type instanceof GraphQLInterfaceType)) {
    throw new Error(`no type ${name}`);
  }
  type.extensions = { ...type.extensions, apollo: { subgraph: { resolveReference: find } } };
}
