import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'graphql';
import { parse as parseYaml } from 'yaml';
import { schemaPairs } from './generate-schemas.ts';
import { supergraphYaml } from './read-cases.ts';
import { runTrellis } from './run-trellis.ts';

const root = join(import.meta.dirname, '../../..');

interface SupergraphYaml {
  subgraphs: Record<string, { routing_url: string; schema: { file: string } }>;
}

const own = (): SupergraphYaml =>
  parseYaml(readFileSync(join(root, 'supergraph.yaml'), 'utf8')) as SupergraphYaml;
const compose = ['supergraph', 'compose', '--config', '-'];

describe('compose', () => {
  test('gives for our graph what @apollo/composition gives', async () => {
    const services = Object.entries(own().subgraphs).map(
      ([name, { routing_url: url, schema }]) => ({
        name,
        url,
        typeDefs: parse(readFileSync(join(root, schema.file), 'utf8')),
      }),
    );
    const run = await runTrellis(['supergraph', 'compose'], root);
    expect(run.exitCode).toBe(0);
    expect(run.out.trimEnd()).toBe(composeServices(services).supergraphSdl?.trimEnd());
  });

  test('would change nothing in the committed supergraph.graphql', async () => {
    const run = await runTrellis(
      ['supergraph', 'compose', '--output', 'supergraph.graphql', '--check'],
      root,
    );
    expect(run.err).toContain('supergraph.graphql is up to date');
    expect(run.exitCode).toBe(0);
  });

  test('does not depend on the order of the subgraphs', async () => {
    const entries = Object.entries(own().subgraphs);
    const yaml = (list: typeof entries): string =>
      JSON.stringify({ subgraphs: Object.fromEntries(list) });
    const first = await runTrellis(compose, root, yaml(entries));
    const second = await runTrellis(compose, root, yaml(entries.toReversed()));
    expect(first.exitCode).toBe(0);
    expect(second.out).toBe(first.out);
  });

  test('gives for generated graphs what @apollo/composition gives', async () => {
    await fc.assert(
      fc.asyncProperty(schemaPairs, async ({ before, after }) => {
        const subgraphs = { a: before, b: after.replace('type Query', 'type Query @shareable') };
        const sources = Object.entries(subgraphs).map(([name, sdl]) => [name, { sdl }] as const);
        const run = await runTrellis(
          [...compose, '--format', 'json', '--hints', 'info'],
          root,
          supergraphYaml(new Map(sources)),
        );
        const ours = JSON.parse(run.out) as {
          supergraphSdl?: string;
          problems: { code: string; message: string }[];
        };
        const theirs = composeServices(
          Object.entries(subgraphs).map(([name, sdl]) => ({
            name,
            url: `http://${name}.example`,
            typeDefs: parse(sdl),
          })),
        );
        expect(ours.supergraphSdl?.trimEnd()).toBe(theirs.supergraphSdl?.trimEnd());
        const messages = theirs.errors ?? theirs.hints ?? [];
        expect(ours.problems.map(({ message }) => message)).toEqual(
          messages.map(({ message }) => message),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('reads the SDL that other frameworks print, with the definitions of federation in it', async () => {
    const printed = `
      schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "FieldSet"]) { query: Query }
      directive @key(fields: FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
      directive @link(url: String!, import: [link__Import]) repeatable on SCHEMA
      scalar FieldSet
      scalar link__Import
      scalar _Any
      union _Entity = Book
      type _Service { sdl: String }
      type Query { book: Book _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
      type Book @key(fields: "isbn") { isbn: ID! }`;
    const federationOne =
      'extend type Book @key(fields: "isbn") { isbn: ID! @external stars: Int } extend type Query { top: Book }';
    const run = await runTrellis(
      compose,
      root,
      supergraphYaml(
        new Map([
          ['books', { sdl: printed }],
          ['stars', { sdl: federationOne }],
        ]),
      ),
    );
    expect(run.err).toContain('composed 2 subgraphs');
    expect(run.out).toContain('stars: Int @join__field(graph: STARS)');
  });

  test('shows hints from the wanted level on, and can make them errors', async () => {
    const yaml = supergraphYaml(
      new Map([
        [
          'a',
          {
            sdl: 'type Query { a(page: PageInput): Int } input PageInput { first: Int after: String }',
          },
        ],
        ['b', { sdl: 'type Query { b(page: PageInput): Int } input PageInput { first: Int }' }],
      ]),
    );
    expect((await runTrellis(compose, root, yaml)).err).toContain(
      'warning INCONSISTENT_INPUT_OBJECT_FIELD',
    );
    expect((await runTrellis([...compose, '--hints', 'none'], root, yaml)).err).toContain(
      '1 hint not shown',
    );
    for (const failOn of ['warning', 'INCONSISTENT_INPUT_OBJECT_FIELD']) {
      const run = await runTrellis([...compose, '--fail-on', failOn], root, yaml);
      expect(run).toMatchObject({ exitCode: 1, out: '' });
      expect(run.err).toContain('error INCONSISTENT_INPUT_OBJECT_FIELD');
    }
  });
});
