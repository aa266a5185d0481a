import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import {
  composeTestSupergraph,
  startTestSubgraph,
  usersSubgraph,
  type TestSubgraph,
} from '../testing/test-subgraphs.ts';

const key = 'trl_ABCDEFGH_0123456789abcdef';
const keys = [
  { name: 'Ada', prefix: 'trl_ABCDEFGH', sha256: createHash('sha256').update(key).digest('hex') },
];
const input = {
  ...usersSubgraph,
  sdl: usersSubgraph.sdl
    .replace('v2.3", import: ["@key"', 'v2.9", import: ["@key", "@authenticated"')
    .replace('id: ID! name: String!', 'id: ID! name: String! secret: String @authenticated'),
};
const rename = {
  query: 'mutation Rename($name: String!) { again: rename(id: "1", name: $name) { id secret } }',
  variables: { name: 'Lovelace' },
};

let users: TestSubgraph;
let folder: string;
let file: string;
let running: TestGateway | undefined;
let logged: string;

async function start(isRequired: boolean): Promise<TestGateway> {
  const log = createLog('test', {}, { write: (line) => (logged += line) });
  const started = await startTestGateway(composeTestSupergraph([users]), {
    log,
    settings: {
      telemetry: { audit: { path: file, isRequired } },
      authentication: { apiKeys: { file: join(folder, 'keys.json') } },
    },
  });
  running = started;
  return started;
}

async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

function readLines(): Record<string, unknown>[] {
  const text = readFileSync(file, 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

beforeEach(async () => {
  users = await startTestSubgraph(input);
  folder = mkdtempSync(join(tmpdir(), 'trellis-audit-'));
  file = join(folder, 'audit', 'trail.jsonl');
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys), { mode: 0o600 });
  logged = '';
});

afterEach(async () => {
  await running?.stop();
  await users.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the audit trail', () => {
  test('tells who was shown and who was denied a protected field, and no value', async () => {
    const gateway = await start(false);
    const query = 'query Look { user(id: "1") { name secret } }';
    await gateway.ask({ query }, { 'x-request-id': 'r-1' });
    await gateway.ask({ query }, { 'x-request-id': 'r-2', 'x-api-key': key });
    await gateway.ask({ query: '{ user(id: "1") { name } }' });
    await gateway.stop();
    const [denied, allowed, ...others] = readLines();
    expect(denied).toEqual({
      time: expect.stringMatching(/^\d{4}-/),
      event: 'query',
      requestId: 'r-1',
      identity: { kind: 'anonymous', subject: null },
      operation: 'Look',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      fields: { 'User.secret': { allowed: 0, denied: 1, isEarly: true } },
      status: 200,
      errors: 1,
    });
    expect(allowed).toMatchObject({
      requestId: 'r-2',
      identity: { kind: 'service', subject: expect.stringContaining('Ada') },
      fields: { 'User.secret': { allowed: 1, denied: 0, isEarly: true } },
    });
    expect(others).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('names mutations as the schema does, and requests that were turned away', async () => {
    const gateway = await start(false);
    await gateway.ask(rename);
    await gateway.ask(rename, { 'x-api-key': 'trl_ABCDEFGH_wrong' });
    await gateway.stop();
    const lines = readLines();
    expect(lines).toMatchObject([
      { event: 'mutation', operation: 'Rename', mutations: ['rename'], status: 200 },
      { event: 'refused', status: 401, code: 'UNAUTHENTICATED' },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/Lovelace|again|trl_/);
  });

  test('has the line of a mutation before it runs, where it is required', async () => {
    const gateway = await start(true);
    const ids = ['r-1', 'r-2'];
    const asked = ids.map((id) => gateway.ask(rename, { 'x-request-id': id }));
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    await gateway.stop();
    for (const id of ids) {
      const lines = readLines().filter(({ requestId }) => requestId === id);
      expect(lines.map(({ event }) => event)).toEqual(['mutationBegins', 'mutation']);
    }
  });
});

describe('an audit trail that cannot be written', () => {
  beforeEach(() => {
    // A folder stands where the file should be.
    mkdirSync(file, { recursive: true });
  });

  test('stops mutations where it is required, and nothing else', async () => {
    const gateway = await start(true);
    const refused = await gateway.ask(rename);
    expect(refused.status).toBe(503);
    expect(refused.json?.errors).toMatchObject([{ extensions: { code: 'AUDIT_UNAVAILABLE' } }]);
    expect(users.bodies).toEqual([]);
    const read = await gateway.ask({ query: '{ user(id: "1") { name secret } }' });
    expect(read.json?.data).toEqual({ user: { name: expect.any(String), secret: null } });
    expect(logged).toContain('the audit trail cannot be written');

    rmSync(file, { recursive: true });
    expect((await gateway.ask(rename)).status).toBe(200);
    await gateway.stop();
    const events = readLines().map(({ event, status }) => [event, status]);
    expect(events).toEqual([
      ['mutation', 503],
      ['query', 200],
      ['mutationBegins', undefined],
      ['mutation', 200],
    ]);
  });

  test('stops nothing where it is not, and has every line as soon as it can be written', async () => {
    const gateway = await start(false);
    expect((await gateway.ask(rename)).status).toBe(200);
    rmSync(file, { recursive: true });
    await gateway.stop();
    expect(readLines()).toMatchObject([{ event: 'mutation', mutations: ['rename'] }]);
  });

  test('is told when the gateway starts', async () => {
    await start(false);
    await waitUntil(() => logged.includes('the audit trail cannot be written'));
  });

  test('is no setting without a file', async () => {
    await expect(
      startTestGateway(composeTestSupergraph([users]), {
        settings: { telemetry: { audit: { isRequired: true } } },
      }),
    ).rejects.toThrow('telemetry.audit.path: isRequired needs a file to write to');
    await start(false);
  });

  test('says how many lines are lost when it stays so', async () => {
    const gateway = await start(false);
    await gateway.ask(rename);
    await gateway.stop();
    expect(logged).toContain('"lines":1');
  });
});
