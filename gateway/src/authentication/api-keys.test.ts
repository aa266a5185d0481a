import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';
import { createRequestRecord, type RequestRecord } from '../channels.ts';
import { createEnforce } from '../rate-limits/enforce.ts';
import { memoryStore } from '../rate-limits/memory-limiter.ts';
import { createApiKeys, type ApiKeys } from './api-keys.ts';

const key = 'trl_Abcd1234_0123456789012345678901234567890';
const entry = {
  name: 'reports',
  prefix: 'trl_Abcd1234',
  sha256: createHash('sha256').update(key).digest('hex'),
  roles: ['SUPPORT'],
  scopes: ['orders:read'],
};
const refusal = { code: 'UNAUTHENTICATED', message: 'The credentials are not accepted.' };

let folder: string;
let file: string;
let opened: ApiKeys[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trellis-api-keys-'));
  file = join(folder, 'api-keys.json');
});

afterEach(async () => {
  await Promise.all(opened.map((keys) => keys.stop()));
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

function open(entries?: readonly object[]): ApiKeys {
  if (entries) writeFileSync(file, JSON.stringify(entries));
  const keys = createApiKeys(
    { file, requestsPerMinute: 6_000 },
    {
      log: createLog('test', { LOG_LEVEL: 'silent' }),
      limiters: memoryStore,
      enforce: createEnforce(true),
    },
  );
  opened.push(keys);
  return keys;
}

function verify(keys: ApiKeys, given = key, record?: RequestRecord): Promise<Identity> {
  return keys.verify(given, record ?? createRequestRecord('test'));
}

/** The file is looked at once a second. */
async function waitForRefusal(keys: ApiKeys, given = key): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    try {
      await verify(keys, given);
    } catch (error) {
      expect(error).toMatchObject(refusal);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the key was never refused');
}

/** Runs `npm run api-key`. */
function run(...parameters: readonly string[]): string {
  const script = join(import.meta.dirname, '../../scripts/api-keys.js');
  return execFileSync(process.execPath, [script, ...parameters], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: { ...process.env, INIT_CWD: folder },
  });
}

describe('API keys', () => {
  test('name a service with its roles and scopes', async () => {
    expect(await verify(open([entry]))).toEqual({
      kind: 'service',
      subject: 'reports',
      roles: ['SUPPORT'],
      scopes: ['orders:read'],
      attributes: {},
    });
  });

  test.each([
    ['a wrong secret', [entry], `${key}x`],
    ['an unknown prefix', [entry], key.replace('Abcd', 'Xbcd')],
    ['a prefix alone', [entry], entry.prefix],
    ['nothing', [entry], ''],
    ['a revoked key', [{ ...entry, isRevoked: true }], key],
    ['an expired key', [{ ...entry, expiresAt: '2020-01-01T00:00:00Z' }], key],
  ])('refuse %s, always in the same words', async (_kind, entries, given) => {
    await expect(verify(open(entries), given)).rejects.toMatchObject(refusal);
  });

  test('are limited each by itself, and say when to come again', async () => {
    const other = key.replace('Abcd', 'Xbcd');
    const second = { ...entry, name: 'other', prefix: 'trl_Xbcd1234' };
    const sha256 = createHash('sha256').update(other).digest('hex');
    const keys = open([
      { ...entry, requestsPerMinute: 2 },
      { ...second, sha256 },
    ]);
    await verify(keys);
    await verify(keys);
    const record = createRequestRecord('test');
    await expect(verify(keys, key, record)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      status: 429,
      message: 'The limit "api-key" is 2 in 60 s. Try again in 60 s.',
    });
    expect(record.responseHeaders).toEqual([
      'ratelimit-policy',
      '"api-key";q=2;w=60',
      'ratelimit',
      '"api-key";r=0;t=60',
      'retry-after',
      '60',
    ]);
    expect((await verify(keys, other)).subject).toBe('other');
  });

  test('end while the gateway runs when they are revoked, and go on counting otherwise', async () => {
    const keys = open([entry, { ...entry, prefix: 'trl_Other123' }]);
    await verify(keys);
    run('revoke', entry.prefix, '--file', 'api-keys.json');
    await waitForRefusal(keys);
  });

  test('must be there at the start, as a list of keys: the message names file and reason', () => {
    expect(() => open()).toThrow(`authentication.apiKeys.file: there is no ${file}. Make`);
    writeFileSync(file, '[{');
    expect(() => open()).toThrow(new RegExp(`^${file}: .*JSON`));
    expect(() => open([{ ...entry, role: 'SUPPORT' }])).toThrow(
      `${file}: 0: Unrecognized key: "role". Did you mean "roles"?`,
    );
    expect(() => run('create', 'reports', '--file', join(folder, 'none', 'keys.json'))).toThrow(
      /There is no folder .*none/,
    );
  });

  test('stand as they are while the file is broken', async () => {
    const keys = open([entry]);
    await verify(keys);
    writeFileSync(file, '[{');
    const until = Date.now() + 1_200;
    while (Date.now() < until) {
      await verify(keys);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    writeFileSync(file, '[]');
    await waitForRefusal(keys);
  });
});

describe('the last use of an API key', () => {
  const lastUseFile = (): string => join(folder, 'api-keys.last-use.json');

  test('is written to the minute, beside the keys', async () => {
    const keys = open([entry]);
    const before = Date.now() - 60_000;
    await verify(keys);
    await keys.stop();
    const written = JSON.parse(readFileSync(lastUseFile(), 'utf8')) as Record<string, string>;
    expect(Object.keys(written)).toEqual([entry.prefix]);
    expect(written[entry.prefix]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/);
    expect(Date.parse(written[entry.prefix] ?? '')).toBeGreaterThan(before);
  });

  test('keeps what other gateways wrote, the later time of each', async () => {
    const other = 'trl_Other123';
    writeFileSync(
      lastUseFile(),
      JSON.stringify({
        [entry.prefix]: '2020-01-01T00:00:00.000Z',
        [other]: '2020-01-01T00:00:00.000Z',
      }),
    );
    const keys = open([entry]);
    await verify(keys);
    await keys.stop();
    const written = JSON.parse(readFileSync(lastUseFile(), 'utf8')) as Record<string, string>;
    expect(written[other]).toBe('2020-01-01T00:00:00.000Z');
    expect(Date.parse(written[entry.prefix] ?? '')).toBeGreaterThan(Date.parse('2025-01-01'));
  });

  test('keeps nobody out when it cannot be written', async () => {
    writeFileSync(lastUseFile(), 'no JSON');
    const keys = open([entry]);
    expect((await verify(keys)).subject).toBe('reports');
    await keys.stop();
    expect(readFileSync(lastUseFile(), 'utf8')).toBe('no JSON');
  });

  test('is listed with the keys', async () => {
    const made = run('create', 'shop app', '--role', 'SUPPORT', '--scope', 'a', '--file', file);
    run('create', 'never used', '--expires', '2020-01-01', '--file', file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(made.trim());
    const keys = open();
    expect(await verify(keys, made.trim())).toMatchObject({ subject: 'shop app', scopes: ['a'] });
    await keys.stop();
    const [title, used, unused] = run('list', '--file', file).split('\n');
    expect(title).toMatch(/^NAME +PREFIX +STATE +LAST USED +ROLES AND SCOPES$/);
    expect(used).toMatch(/^shop app +trl_[0-9a-f]{8} +valid +\d{4}-\d\d-\d\dT\S+ +SUPPORT a$/);
    expect(unused).toMatch(/^never used +trl_[0-9a-f]{8} +expired +never$/);
  });
});

describe('the script for API keys', () => {
  test.each([
    [['list'], 'Say which file'],
    [['create'], 'A key needs a name'],
    [['rename'], 'There is no command "rename"'],
    [['revoke', 'trl_unknown', '--file', 'none.json'], 'none.json is missing'],
    [['create', 'x', '--expires', 'soon'], '--expires must be a date'],
  ])('%j says what is wrong', (parameters, expected) => {
    expect(() => run(...parameters)).toThrow(expected);
  });
});
