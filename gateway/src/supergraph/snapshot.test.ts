import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { makeSnapshot, makeSnapshotInTurns } from './snapshot.ts';

const sdl = readFileSync(new URL('../../../supergraph.graphql', import.meta.url), 'utf8');

describe('a snapshot', () => {
  test('is the same when it is built in turns', async () => {
    const [atOnce, inTurns] = [makeSnapshot(sdl), await makeSnapshotInTurns(sdl)];
    expect(inTurns.id).toBe(atOnce.id);
    expect(printSchema(inTurns.apiSchema)).toBe(printSchema(atOnce.apiSchema));
    expect(inTurns.subgraphs).toEqual(atOnce.subgraphs);
  });

  test('lets others have their turn while it is built', async () => {
    let turns = 0;
    let isBuilding = true;
    const count = (): void => {
      turns += 1;
      if (isBuilding) setImmediate(count);
    };
    setImmediate(count);
    await makeSnapshotInTurns(sdl);
    isBuilding = false;
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  test.each([
    ['text', 'this is no schema', 'Syntax Error'],
    [
      'a schema that was not composed',
      'type Query { a: Int }',
      'it is a schema that was not composed',
    ],
    [
      'a supergraph that contradicts itself',
      sdl.replace('type Query\n', 'type Query implements Nobody\n'),
      'Nobody',
    ],
    ['a supergraph that ends too early', sdl.slice(0, sdl.lastIndexOf('}')), 'Syntax Error'],
  ])('is refused for %s, in either way', async (_what, text, reason) => {
    expect(() => makeSnapshot(text)).toThrow(reason);
    await expect(makeSnapshotInTurns(text)).rejects.toThrow(reason);
  });
});
