import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { graphql, GraphQLScalarType, parse } from 'graphql';
import { makeSubgraphSchema, readTypeDefs, SchemaError } from './schema.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key"])`;
const typeDefs = parse(`${link}
  scalar DateTime
  type Query { now: DateTime!, thing(id: ID!): Thing, media: [Media!]! }
  type Mutation { rename(id: ID!): Thing }
  type Thing @key(fields: "id") { id: ID! }
  union Media = Thing
`);
const resolvers = {
  Query: { now: () => new Date(0), thing: () => null, media: () => [] },
  Mutation: { rename: () => null },
  Media: { __resolveType: () => 'Thing' },
};

describe('makeSubgraphSchema', () => {
  test('answers queries, _service and _entities, with scalars nobody had to implement', async () => {
    const schema = makeSubgraphSchema({ typeDefs, resolvers });
    const source = `{ now _service { sdl } _entities(representations: [{ __typename: "Thing", id: 1 }]) { ... on Thing { id } } }`;
    const { data, errors } = await graphql({ schema, source });
    expect(errors).toBeUndefined();
    expect(data?.['now']).toEqual(new Date(0));
    expect((data as { _service: { sdl: string } })._service.sdl).toContain('type Thing');
    expect(data?.['_entities']).toEqual([{ id: '1' }]);
  });

  test('names every misfit at once', () => {
    const wrong = {
      Query: { now: () => null, thing: () => null, medja: () => [] },
      Ghost: { id: () => 1 },
      Thing: 'id',
    };
    expect(() => makeSubgraphSchema({ typeDefs, resolvers: wrong })).toThrow(
      new SchemaError(
        [
          'The schema and its resolvers do not fit:',
          '- resolvers name "Query.medja", which the schema lacks',
          '- resolvers name the type "Ghost", which the schema lacks',
          '- the resolvers of "Thing" are id, but should be an object',
          '- the root field "Query.media" has no resolver',
          '- the root field "Mutation.rename" has no resolver',
          '- the union "Media" has no __resolveType, nor all its types __isTypeOf',
        ].join('\n'),
      ),
    );
  });

  test('lets named root fields stay without a resolver', () => {
    const { Mutation, ...rest } = resolvers;
    expect(Mutation).toBeDefined();
    expect(() =>
      makeSubgraphSchema({ typeDefs, resolvers: rest, unresolved: ['Mutation.rename'] }),
    ).not.toThrow();
  });

  test('demands an implementation for a scalar it does not know', () => {
    const own = parse(`${link} scalar Colour type Query { colour: Colour }`);
    const Query = { colour: () => 'red' };
    expect(() => makeSubgraphSchema({ typeDefs: own, resolvers: { Query } })).toThrow(
      'the scalar "Colour" has no implementation',
    );
    const Colour = new GraphQLScalarType({ name: 'Colour' });
    expect(() => makeSubgraphSchema({ typeDefs: own, resolvers: { Query, Colour } })).not.toThrow();
  });

  test('explains a schema that is no subgraph schema', () => {
    const broken = parse('type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! }');
    const nothing = parse(`${link} type Query { a: Missing }`);
    expect(() => makeSubgraphSchema({ typeDefs: nothing, resolvers: {} })).toThrow(SchemaError);
    expect(() => makeSubgraphSchema({ typeDefs: broken, resolvers: {} })).toThrow(SchemaError);
  });
});

describe('readTypeDefs', () => {
  test('names the file and the place of a syntax error', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trellis-schema-'));
    try {
      const file = join(folder, 'schema.graphql');
      writeFileSync(file, 'type Query {\n  a: \n}');
      expect(() => readTypeDefs(pathToFileURL(file))).toThrow(
        /schema\.graphql.*Syntax Error[^]*3:1/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
