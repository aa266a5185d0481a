import { describe, expect, test } from '@jest/globals';
import { makeSnapshot } from './snapshot.ts';

describe('what is given for a supergraph', () => {
  test.each([
    [
      "a subgraph's schema",
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"]) type Query { a: A } type A @key(fields: "id") { id: ID! }',
    ],
    ["a server's schema", 'type Query { a: Int }'],
  ])('is told to be composed first when it is %s', (_, sdl) => {
    expect(() => makeSnapshot(sdl)).toThrow(
      'it is a schema that was not composed. Compose one from the schemas of all subgraphs: trellis supergraph compose',
    );
  });

  test.each([
    ['nothing', '', /unexpected/i],
    ['no schema', '{"data":1}', /Syntax Error/],
    ['an operation', '{ a }', /./],
    [
      'a supergraph cut off in the middle',
      'enum join__Graph { A @join__graph(name: "a", url: "") ',
      /Syntax Error/,
    ],
  ])('is refused for its own reason when it is %s', (_, sdl, reason) => {
    expect(() => makeSnapshot(sdl)).toThrow(reason);
    expect(() => makeSnapshot(sdl)).not.toThrow('not composed');
  });
});
