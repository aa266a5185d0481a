import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';
import { schemaPairs } from './generate-schemas.ts';
import { supergraphYaml } from './read-cases.ts';
import { runTrellis } from './run-trellis.ts';

interface Change {
  type: string;
  level: string;
  path: string;
}

const levels: Record<string, string> = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe',
};

/** What graphql-js calls dangerous and @graphql-inspector/core safe, and why we keep the latter. */
const explained: Record<string, string> = {
  OPTIONAL_INPUT_FIELD_ADDED:
    'clients that do not send the field get what they got; a server must treat it as absent',
};

describe('changes of the API', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-changes-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const compose = async (sdl: string, output: string): Promise<void> => {
    const yaml = supergraphYaml(new Map([['shop', { sdl }]]));
    const run = await runTrellis(
      ['supergraph', 'compose', '--config', '-', '--output', output],
      folder,
      yaml,
    );
    expect(run.exitCode).toBe(0);
  };

  const changesOf = async (before: string, after: string): Promise<Change[]> => {
    await compose(before, 'before.graphql');
    await compose(after, 'after.graphql');
    const args = ['supergraph', 'diff', 'before.graphql', 'after.graphql', '--format', 'json'];
    const run = await runTrellis(args, folder);
    return (JSON.parse(run.out) as { changes: Change[] }).changes;
  };

  test('are those of @graphql-inspector/core on the schemas that were composed', async () => {
    await fc.assert(
      fc.asyncProperty(schemaPairs, async ({ before, after }) => {
        const ours = await changesOf(before, after);
        const theirs = await diff(buildSchema(before), buildSchema(after));
        const key = ({ type, level, path }: Change): string => `${level} ${type} ${path}`;
        expect(ours.map(key).toSorted()).toEqual(
          theirs
            .map(({ type, path, criticality }) =>
              key({ type: String(type), level: levels[criticality.level] ?? '', path: path ?? '' }),
            )
            .toSorted(),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('are breaking exactly where graphql-js says so', async () => {
    await fc.assert(
      fc.asyncProperty(schemaPairs, async ({ before, after }) => {
        const ours = await changesOf(before, after);
        const [old, now] = [buildSchema(before), buildSchema(after)];
        const isBreaking = ours.some(({ level }) => level === 'breaking');
        expect({ before, after, isBreaking }).toEqual({
          before,
          after,
          isBreaking: findBreakingChanges(old, now).length > 0,
        });
      }),
      { numRuns: 40 },
    );
  });

  test('that graphql-js calls dangerous are called safe only where explained', async () => {
    await fc.assert(
      fc.asyncProperty(schemaPairs, async ({ before, after }) => {
        const ours = await changesOf(before, after);
        const [old, now] = [buildSchema(before), buildSchema(after)];
        const isHarmless = ours.every(({ level }) => level === 'safe');
        if (isHarmless) {
          const dangers = findDangerousChanges(old, now).filter(({ type }) => !(type in explained));
          expect({ before, after, dangers }).toEqual({
            before,
            after,
            dangers: [],
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a schema without changes has none', async () => {
    const sdl = 'type Query { a: Int }';
    expect(await changesOf(sdl, sdl)).toEqual([]);
  });
});
