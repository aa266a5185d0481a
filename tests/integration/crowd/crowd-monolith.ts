import { buildSchema, execute, GraphQLObjectType, parse, type GraphQLSchema } from 'graphql';
import { readOutcome, type Outcome, type Result } from '../../differential/outcome.ts';
import type { CrowdOperation } from './crowd-gateways.ts';
import type { Asking, Fields, Person } from './crowd-people.ts';

const sdl = `
  type Query { person(id: ID!): Person people(ids: [ID!]!): [Person] crowd(ids: [ID!]!): [Person!]! me: String }
  type Mutation { visit(id: ID!): Person }
  type Person { id: ID! base: Int name(style: String): String label: String! friend: Person score: Int rank: Int }`;

type Resolve = (person: Person, given: never, asking: Asking) => unknown;

/** The graph in one piece: what a caller is owed, computed by graphql-js with nobody else around. */
export function makeCrowdMonolith(
  fields: Fields,
): (operation: CrowdOperation, asking: Asking) => Promise<Outcome> {
  const schema = buildSchema(sdl);
  const { find, base, isThere, name, label, friend, score, rank, me } = fields;
  // Whoever is gone is no entity of the subgraph that knows names.
  const named =
    (resolve: Resolve): Resolve =>
    (person, given, asking) =>
      isThere(person) ? resolve(person, given, asking) : null;
  const list = (_: unknown, { ids }: { readonly ids: readonly string[] }): unknown => ids.map(find);
  const one = (_: unknown, { id }: Person): unknown => find(id);
  resolveWith(schema, 'Query', {
    person: one,
    people: list,
    crowd: list,
    me: (_: unknown, _given: unknown, asking: Asking) => me(asking),
  });
  resolveWith(schema, 'Mutation', { visit: one });
  resolveWith(schema, 'Person', {
    base,
    score,
    name: named(name),
    label: named(label),
    friend: named(friend),
    rank: (person: Person) => rank(base(person)),
  });
  return async function askMonolith({ query, variables }, asking) {
    const result = await execute({
      schema,
      document: parse(query),
      variableValues: variables,
      contextValue: asking,
    });
    return readOutcome(JSON.parse(JSON.stringify(result)) as Result);
  };
}

function resolveWith(
  schema: GraphQLSchema,
  typeName: string,
  resolvers: Readonly<Record<string, unknown>>,
): void {
  const type = schema.getType(typeName);
  if (!(type instanceof GraphQLObjectType)) throw new Error(`no type ${typeName}`);
  for (const [name, resolve] of Object.entries(resolvers)) {
    const field = type.getFields()[name];
    if (!field) throw new Error(`no field ${typeName}.${name}`);
    field.resolve = resolve as NonNullable<typeof field.resolve>;
  }
}
