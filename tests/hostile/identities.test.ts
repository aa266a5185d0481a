import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIdentityGraph, type IdentityGraph } from '../harness/identity-graph.ts';

const names = ['reports', 'billing'] as const;
const keys = Object.fromEntries(
  names.map((name) => [name, `trl_${name.padEnd(8, '0').slice(0, 8)}_${'s'.repeat(43)}`]),
);

let folder: string;
let graph: IdentityGraph;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trellis-identities-'));
  const file = join(folder, 'api-keys.json');
  const entries = names.map((name) => ({
    name,
    prefix: keys[name]?.slice(0, 12),
    sha256: createHash('sha256')
      .update(keys[name] ?? '')
      .digest('hex'),
    roles: [name.toUpperCase()],
    scopes: [`${name}:read`],
  }));
  writeFileSync(file, JSON.stringify(entries));
  graph = await startIdentityGraph({ settings: { authentication: { apiKeys: { file } } } });
});
afterAll(async () => {
  await graph.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Row D9 of the fault matrix, over HTTP; with rules that read data it is in data-rules.test.ts of the gateway. */
test('D9 of 400 equal requests at once, by three callers, each is answered for its own caller', async () => {
  const callers = Array.from({ length: 400 }, (_, at) => names[at % 3]);
  const answers = await Promise.all(
    callers.map((name) => graph.whoAmI(name ? { 'x-api-key': keys[name] ?? '' } : {})),
  );
  const seen = answers.map(({ status, identity }) => [
    status,
    identity?.kind,
    identity?.roles,
    identity?.scopes,
  ]);
  expect(seen).toEqual(
    callers.map((name) =>
      name ? [200, 'service', [name.toUpperCase()], [`${name}:read`]] : [200, 'anonymous', [], []],
    ),
  );
});
