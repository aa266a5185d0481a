import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { introspectionFromSchema, printSchema } from 'graphql';
import { createLocalGraph } from './execution/testing/local-graph.ts';
import { shop } from './execution/testing/shop.ts';
import { largeSupergraph, openSupergraph, type OpenSupergraph } from './open-supergraph.ts';
import { entityFacts } from './planning/planning-facts.ts';
import type { SubgraphTypes } from './planning/subgraph-types.ts';
import { supergraphForPlanner } from './planning/supergraph-for-planner.ts';
import { makeSnapshot } from './supergraph/snapshot.ts';
import { closeDocument } from './supergraph/supergraph-document.ts';

const ours = readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8');
const graphs: readonly (readonly [string, string])[] = [
  ['of the platform', ours],
  ['of the shop', createLocalGraph(shop).sdl],
];

/** As if it were large. */
async function openApart<Result>(
  sdl: string,
  use: (opened: OpenSupergraph) => Result,
): Promise<Awaited<Result>> {
  const opened = await openSupergraph(sdl, { planTimeoutMs: 60_000, apartFrom: 0 });
  try {
    return await use(opened);
  } finally {
    await opened.apart?.thread.close();
  }
}

describe.each(graphs)('a large supergraph, here that %s,', (_which, sdl) => {
  test('gives the snapshot that a small one gives', async () => {
    const atOnce = makeSnapshot(sdl);
    await openApart(sdl, ({ snapshot, apart }) => {
      expect(apart).toBeDefined();
      expect(snapshot.id).toBe(atOnce.id);
      expect(snapshot.subgraphs).toEqual(atOnce.subgraphs);
      expect(printSchema(snapshot.apiSchema)).toBe(printSchema(atOnce.apiSchema));
      expect(introspectionFromSchema(snapshot.apiSchema)).toEqual(
        introspectionFromSchema(atOnce.apiSchema),
      );
      const prepared = snapshot.fullSchema();
      closeDocument(snapshot);
      expect(printSchema(snapshot.fullSchema())).toBe(printSchema(prepared));
    });
  });

  test('tells the same of its entities as when it is read here', async () => {
    const here = supergraphForPlanner(sdl, { enforcesAccessDirectives: true });
    await openApart(sdl, ({ apart, snapshot }) => {
      if (!apart) throw new Error('no thread');
      const there = entityFacts(apart.facts);
      expect(apart.facts.chains).toEqual(here.chains.entries);
      // Nobody fetches entities of introspection.
      const known = Object.keys(snapshot.fullSchema().getTypeMap());
      const names = known.filter((name) => !name.startsWith('__'));
      const subgraphs = [...snapshot.subgraphs.keys()];
      const all = subgraphs.flatMap((subgraph) => names.map((name) => [subgraph, name] as const));
      // What comes from the thread has other prototypes than what is made here.
      const read = (types: SubgraphTypes) =>
        all.flatMap(([subgraph, name]) => {
          const type = types.of(subgraph, name);
          return type ? [{ subgraph, name, ...type, requires: [...type.requires] }] : [];
        });
      expect(read(there.subgraphTypes)).toEqual(read(here.subgraphTypes));
      expect(read(there.subgraphTypes).length).toBeGreaterThan(0);
    });
  });
});

describe('a large supergraph that cannot be served', () => {
  test.each([
    ['a text', 'this is no schema', 'Syntax Error'],
    ['a schema', 'type Query { a: Int }', 'it is a schema that was not composed'],
    ['a contradiction', ours.replace('type Query\n', 'type Query implements Nobody\n'), 'Nobody'],
  ])('is refused with the reason that a small one gets: %s', async (_what, sdl, reason) => {
    const apartFrom = largeSupergraph;
    const small = openSupergraph(sdl, { planTimeoutMs: 60_000, apartFrom });
    await expect(small).rejects.toThrow(reason);
    await expect(openApart(sdl, () => undefined)).rejects.toThrow(reason);
  });
});
