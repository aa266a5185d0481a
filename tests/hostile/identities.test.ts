import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signDevelopmentToken } from '@trellis/gateway/development-tokens';
import { makeWireKey } from '@trellis/platform/wire-keys';
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
  graph = await startIdentityGraph({
    settings: { authentication: { apiKeys: { file }, developmentTokens: true } },
  });
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

async function askRaw(path: string, headers: Record<string, string | string[]>): Promise<string> {
  const body = JSON.stringify({ query: '{ whoAmI }' });
  const request = http.request(`${graph.url}${path}`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', ...headers },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const text = Buffer.concat(await response.toArray()).toString();
  if (response.statusCode !== 200) return String(response.statusCode);
  const { data } = JSON.parse(text) as { data: { whoAmI: string } };
  return (JSON.parse(data.whoAmI) as { kind: string }).kind;
}

test.each<[string, string, (key: string) => Record<string, string | string[]>]>([
  ['as it is', 'service', (key) => ({ 'x-api-key': key })],
  ['as a bearer token', '401', (key) => ({ authorization: `Bearer ${key}` })],
  [
    'as the password of a Basic scheme',
    '401',
    (key) => ({ authorization: `Basic ${btoa(`a:${key}`)}` }),
  ],
  ['by its prefix', '401', (key) => ({ 'x-api-key': key.slice(0, 12) })],
  ['in capitals', '401', (key) => ({ 'x-api-key': key.toUpperCase() })],
  ['in quotes', '401', (key) => ({ 'x-api-key': `"${key}"` })],
  ['twice', '401', (key) => ({ 'x-api-key': [key, key] })],
  ['beside a token', '401', (key) => ({ 'x-api-key': key, authorization: 'Bearer a.b.c' })],
])('an API key given %s makes its bearer: %s', async (_how, kind, headers) => {
  expect(await askRaw('/graphql', headers(keys['reports'] ?? ''))).toBe(kind);
});

test('credentials in the address are nobody’s', async () => {
  const key = keys['reports'] ?? '';
  const address = `/graphql?x-api-key=${key}&api_key=${key}&access_token=${key}`;
  expect(await askRaw(address, {})).toBe('anonymous');
});

test('of two Authorization headers neither counts, whichever is good', async () => {
  const good = `Bearer ${await signDevelopmentToken(makeWireKey(graph.wireSecret), { subject: 'anna', roles: [] })}`;
  expect(await askRaw('/graphql', { authorization: good })).toBe('user');
  for (const authorization of [
    [good, 'Bearer a.b.c'],
    ['Bearer a.b.c', good],
    [good, good],
  ]) {
    expect(await askRaw('/graphql', { authorization })).toBe('401');
  }
});
