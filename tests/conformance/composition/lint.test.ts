import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readCases } from './read-cases.ts';
import { runTrellis } from './run-trellis.ts';

const root = join(import.meta.dirname, '../../..');

describe('subgraph lint', () => {
  test('reads every schema of the composition cases, valid or not', async () => {
    for (const { code, folder, subgraphs } of readCases()) {
      const files = [...subgraphs.keys()].map((name) => `subgraphs/${name}.graphql`);
      const run = await runTrellis(['subgraph', 'lint', ...files, '--format', 'json'], folder);
      expect({ code, err: run.err }).toEqual({ code, err: '' });
      expect([0, 1]).toContain(run.exitCode);
    }
  });

  test('finds no error in our own subgraphs', async () => {
    const run = await runTrellis(['subgraph', 'lint'], root);
    expect(run.out).toMatch(/✔ \d+ schemas: 0 errors/);
    expect(run.exitCode).toBe(0);
  });
});
