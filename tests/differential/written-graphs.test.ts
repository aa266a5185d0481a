import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareWritten } from './written/compare-written.ts';
import { readWritten } from './written/read-written.ts';

const ownFolder = join(import.meta.dirname, 'written', 'graphs');
/** Your own graphs: `DIFFERENTIAL_GRAPHS=folder`, one file for each. */
const folder = process.env['DIFFERENTIAL_GRAPHS'] ?? ownFolder;
const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));

/** Operations for all graphs together; the number for one graph is fixed where `CI` is set. */
const given = process.env['DIFFERENTIAL_OPERATIONS'];
const count = given === undefined ? 24 : Math.ceil(Number(given) / files.length);
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_123);
const jestTimeoutMs = 3_600_000;

describe(`graphs written by hand, random data and operations (seed ${seed})`, () => {
  test.each(files)(
    '%s is answered as the whole graph answers',
    async (file) => {
      const compared = await compareWritten(readWritten(join(folder, file)), { seed, count });
      expect(compared).toBeGreaterThanOrEqual(count);
    },
    jestTimeoutMs,
  );
});
