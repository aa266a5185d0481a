import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  readTestResponse,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
  type TestResponse,
} from '../../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../../testing/test-subgraphs.ts';
import { createAutomaticQueries, hashOf } from './automatic-queries.ts';
import { findOperationName } from './find-operation-name.ts';
import { parseManifest } from './parse-manifest.ts';
import { safelistChannel, type SafelistEvent } from './safelist.ts';

let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
let folder: string;
let plain: TestGateway;

beforeAll(async () => {
  subgraphs = await startUsersAndReviews();
  folder = mkdtempSync(join(tmpdir(), 'trellis-manifest-'));
  plain = await startTestGateway(subgraphs.sdl);
});
afterAll(async () => {
  await plain.stop();
  await subgraphs.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Operation = NonNullable<NonNullable<TestGatewayOptions['settings']>['operation']>;

async function withGateway(
  operation: Operation,
  run: (gateway: TestGateway) => Promise<void>,
  log?: TestGatewayOptions['log'],
): Promise<void> {
  const gateway = await startTestGateway(subgraphs.sdl, {
    settings: { operation },
    ...(log ? { log } : {}),
  });
  try {
    await run(gateway);
  } finally {
    await gateway.stop();
  }
}

function summary({ status, json }: TestResponse): unknown[] {
  return [status, json?.errors?.[0]?.extensions?.['code'] ?? json?.data];
}

function persisted(sha256Hash: unknown, version: unknown = 1): Record<string, unknown> {
  return { extensions: { persistedQuery: { version, sha256Hash } } };
}

const query = '{ me { name } }';
const hash = hashOf(query);
const ada = { me: { name: 'Ada' } };

describe('automatic persisted queries', () => {
  test('are registered with their text and asked by hash, over POST and GET', async () => {
    await withGateway({}, async (gateway) => {
      const miss = await gateway.ask(persisted(hash));
      expect(summary(miss)).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
      expect(miss.json?.errors?.[0]?.message).toBe('PersistedQueryNotFound');
      expect(summary(await gateway.ask({ query, ...persisted(hash) }))).toEqual([200, ada]);
      expect(summary(await gateway.ask(persisted(hash)))).toEqual([200, ada]);
      const search = new URLSearchParams({
        extensions: JSON.stringify(persisted(hash).extensions),
      });
      const response = await fetch(`${gateway.url}/graphql?${search.toString()}`, {
        headers: { 'apollo-require-preflight': 'true' },
      });
      expect(summary(await readTestResponse(response))).toEqual([200, ada]);
    });
  });

  test('keep no text under a hash that is not its own, and none that is not valid', async () => {
    await withGateway({}, async (gateway) => {
      const other = hashOf('{ users(first: 1) { name } }');
      expect(summary(await gateway.ask({ query, ...persisted(other) }))).toEqual([
        400,
        'BAD_REQUEST',
      ]);
      expect(summary(await gateway.ask(persisted(other)))).toEqual([
        200,
        'PERSISTED_QUERY_NOT_FOUND',
      ]);
      const noHash = await gateway.ask({ query, ...persisted('aaaa') });
      expect(summary(noHash)).toEqual([400, 'BAD_REQUEST']);
      const invalid = '{ nobody }';
      const refused = await gateway.ask({ query: invalid, ...persisted(hashOf(invalid)) });
      expect(summary(refused)).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
      expect(summary(await gateway.ask(persisted(hashOf(invalid))))).toEqual([
        200,
        'PERSISTED_QUERY_NOT_FOUND',
      ]);
    });
  });

  test.each([
    ['another version', persisted(hash, 2), [400, 'BAD_REQUEST']],
    ['no version', persisted(hash, null), [400, 'BAD_REQUEST']],
    ['a hash that is no text', persisted(7), [400, 'BAD_REQUEST']],
    ['a hash of 10 KB', persisted('a'.repeat(10_000)), [400, 'BAD_REQUEST']],
    ['no hash at all', persisted(undefined), [400, 'BAD_REQUEST']],
    ['junk', persisted('nothing'), [200, 'PERSISTED_QUERY_NOT_FOUND']],
    ['a name every object has', persisted('__proto__'), [200, 'PERSISTED_QUERY_NOT_FOUND']],
    ['a text', { extensions: { persistedQuery: 'x' } }, [400, 'BAD_REQUEST']],
    ['an empty id', { documentId: '' }, [400, 'BAD_REQUEST']],
    ['an unknown id', { documentId: 'x' }, [200, 'PERSISTED_QUERY_NOT_FOUND']],
  ])('answer %s with a code', async (_what, body, expected) => {
    expect(summary(await plain.ask(body))).toEqual(expected);
  });

  test('can be switched off', async () => {
    await withGateway({ persistedQueries: { isEnabled: false } }, async (gateway) => {
      expect(summary(await gateway.ask({ query, ...persisted(hash) }))).toEqual([200, ada]);
      const refused = await gateway.ask(persisted(hash));
      expect(summary(refused)).toEqual([200, 'PERSISTED_QUERY_NOT_SUPPORTED']);
      expect(refused.json?.errors?.[0]?.message).toBe('PersistedQueryNotSupported');
    });
  });

  test('take a bounded number of bytes, and no text most of them', () => {
    const store = createAutomaticQueries(100_000);
    const first = `# ${'x'.repeat(1_000)}`;
    store.register(hashOf(first), first);
    expect(store.find(hashOf(first))).toBe(first);
    const large = 'y'.repeat(40_000);
    store.register(hashOf(large), large);
    expect(store.find(hashOf(large))).toBeUndefined();
    expect(store.find(hashOf(first))).toBe(first);
    for (let at = 0; at < 100; at += 1) store.register(`${at}`, `# ${'z'.repeat(1_000)} ${at}`);
    expect(store.find(hashOf(first))).toBeUndefined();
  });
});

const format = 'apollo-persisted-query-manifest';
const manifestText = JSON.stringify({
  format,
  version: 1,
  operations: [
    { id: 'me', name: 'Me', type: 'query', body: query },
    { id: 'own', name: 'Own', type: 'query', body: '{ me { id } }', clientName: 'mobile' },
  ],
});

function writeManifest(text = manifestText): string {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(file, text);
  return file;
}

describe('the safelist', () => {
  test('refuses what is not in its manifest, and runs what is by text or id', async () => {
    const safelist = { mode: 'enforce' as const, manifest: writeManifest() };
    await withGateway({ safelist }, async (gateway) => {
      expect(summary(await gateway.ask({ query }))).toEqual([200, ada]);
      expect(summary(await gateway.ask({ documentId: 'me' }))).toEqual([200, ada]);
      expect(summary(await gateway.ask({ documentId: `sha256:${hash}` }))).toEqual([200, ada]);
      expect(summary(await gateway.ask(persisted(hash)))).toEqual([200, ada]);
      expect(summary(await gateway.ask(persisted('me')))).toEqual([200, ada]);
      const arbitrary = '{ me { name id } }';
      expect(summary(await gateway.ask({ query: arbitrary }))).toEqual([
        403,
        'QUERY_NOT_IN_SAFELIST',
      ]);
      const registering = { query: arbitrary, ...persisted(hashOf(arbitrary)) };
      expect(summary(await gateway.ask(registering))).toEqual([403, 'QUERY_NOT_IN_SAFELIST']);
      expect(summary(await gateway.ask(persisted(hashOf(arbitrary))))).toEqual([
        200,
        'PERSISTED_QUERY_NOT_FOUND',
      ]);
      const introspection = await gateway.ask({ query: '{ __schema { description } }' });
      expect(summary(introspection)).toEqual([403, 'QUERY_NOT_IN_SAFELIST']);
      const search = new URLSearchParams({ documentId: 'me' });
      const response = await fetch(`${gateway.url}/graphql?${search.toString()}`, {
        headers: { 'apollo-require-preflight': 'true' },
      });
      expect(summary(await readTestResponse(response))).toEqual([200, ada]);
    });
  });

  test('gives documents of one client to no other', async () => {
    const safelist = { mode: 'enforce' as const, manifest: writeManifest() };
    await withGateway({ safelist }, async (gateway) => {
      const mobile = { 'apollographql-client-name': 'mobile' };
      const own = { me: { id: '1' } };
      expect(summary(await gateway.ask({ documentId: 'own' }, mobile))).toEqual([200, own]);
      expect(summary(await gateway.ask({ query: '{ me { id } }' }, mobile))).toEqual([200, own]);
      expect(summary(await gateway.ask({ documentId: 'own' }))).toEqual([
        200,
        'PERSISTED_QUERY_NOT_FOUND',
      ]);
      expect(summary(await gateway.ask({ query: '{ me { id } }' }))).toEqual([
        403,
        'QUERY_NOT_IN_SAFELIST',
      ]);
    });
  });

  test('can demand ids', async () => {
    const safelist = { mode: 'enforce' as const, manifest: writeManifest(), requireId: true };
    await withGateway({ safelist }, async (gateway) => {
      expect(summary(await gateway.ask({ documentId: 'me' }))).toEqual([200, ada]);
      expect(summary(await gateway.ask({ query }))).toEqual([403, 'PERSISTED_QUERY_ID_REQUIRED']);
    });
  });

  test('in audit says what it would refuse, once per document in the log and each time on its channel', async () => {
    const lines: Record<string, unknown>[] = [];
    const events: SafelistEvent[] = [];
    const listen = (event: unknown): unknown => events.push(event as SafelistEvent);
    safelistChannel.subscribe(listen);
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    const safelist = { mode: 'audit' as const, manifest: writeManifest() };
    await withGateway(
      { safelist },
      async (gateway) => {
        const client = { 'apollographql-client-name': 'web', 'apollographql-client-version': '7' };
        const other = 'fragment Both on User { name id } query Names { me { ...Both } }';
        for (let at = 0; at < 3; at += 1) {
          expect((await gateway.ask({ query: other }, client)).status).toBe(200);
        }
        await gateway.ask({ query }, client);
        const expected = {
          mode: 'audit',
          reason: 'unknown',
          hash: hashOf(other),
          operationName: 'Names',
          documentId: undefined,
          documentName: undefined,
          clientName: 'web',
          clientVersion: '7',
        };
        expect(events).toEqual([expected, expected, expected]);
        const logged = lines.filter(({ msg }) => msg === 'document would be refused');
        expect(logged).toEqual([expect.objectContaining(withoutUndefined(expected))]);
        await gateway.ask({ query: other }, { ...client, 'apollographql-client-version': '8' });
        expect(events).toHaveLength(4);
        expect(lines.at(-1)).toMatchObject({ operationName: 'Names', clientVersion: '8' });
      },
      log,
    );
    safelistChannel.unsubscribe(listen);
  });

  test('in audit names documents of the manifest that this client may not have, or not as text', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    const own = '{ me { id } }';
    const audit = (requireId: boolean, text: string): Promise<void> =>
      withGateway(
        { safelist: { mode: 'audit', manifest: writeManifest(), requireId } },
        async (gateway) => {
          const client = { 'apollographql-client-name': 'w'.repeat(500) };
          const { status } = await gateway.ask({ query: text }, client);
          expect(status).toBe(200);
        },
        log,
      );
    await audit(false, own);
    await audit(true, query);
    const clientName = 'w'.repeat(100);
    expect(lines.filter(({ msg }) => msg === 'document would be refused')).toEqual([
      expect.objectContaining({
        reason: 'of another client',
        hash: hashOf(own),
        documentId: 'own',
        documentName: 'Own',
        clientName,
      }),
      expect.objectContaining({
        reason: 'id required',
        hash,
        documentId: 'me',
        documentName: 'Me',
        clientName,
      }),
    ]);
  });

  test('may differ by client and version', async () => {
    const clients = [
      { name: 'web', version: '1.*', mode: 'audit' as const },
      { name: 'web', version: '2.0', mode: 'off' as const },
    ];
    const safelist = { mode: 'enforce' as const, manifest: writeManifest(), clients };
    await withGateway({ safelist }, async (gateway) => {
      const ask = async (version: string): Promise<number> => {
        const headers = {
          'apollographql-client-name': 'web',
          'apollographql-client-version': version,
        };
        return (await gateway.ask({ query: '{ me { name id } }' }, headers)).status;
      };
      expect([await ask('1.7'), await ask('2.0'), await ask('2.1')]).toEqual([200, 200, 403]);
    });
  });

  test('stops the start when its manifest is missing or no manifest', async () => {
    const start = (manifest: string): Promise<TestGateway> =>
      startTestGateway(subgraphs.sdl, {
        settings: { operation: { safelist: { mode: 'enforce', manifest } } },
      });
    await expect(start(join(folder, 'missing.json'))).rejects.toThrow(/cannot be read.*ENOENT/);
    await expect(start(writeManifest('[]'))).rejects.toThrow('it is no JSON object');
  });
});

/** As a line of the log shows it. */
function withoutUndefined(value: object): object {
  return JSON.parse(JSON.stringify(value)) as object;
}

describe('the name of an operation', () => {
  test.each([
    ['query A { a }', 'A'],
    ['{ a }', undefined],
    ['query { query B } mutation C { c }', 'C'],
    ['# query A\n fragment query on query { query } subscription D { d }', 'D'],
    ['query($a: String = "} query E") { a }', undefined],
    ['query "', undefined],
    [`{ ${'a '.repeat(10_000)} } query F { f }`, undefined],
  ])('of %p is found without parsing it', (text, name) => {
    expect(findOperationName(text)).toBe(name);
  });
});

describe('a manifest', () => {
  test.each([
    ['{', 'it is not JSON'],
    [JSON.stringify({ format, version: 2, operations: [] }), 'in version 2'],
    [
      JSON.stringify({ format: 'x', version: 1, operations: [] }),
      'must be "apollo-persisted-query-manifest"',
    ],
    [JSON.stringify({ format, version: 1, operations: {} }), 'are no list'],
    [
      JSON.stringify({ format, version: 1, operations: [{ id: 'a' }] }),
      'operations[0] needs an "id" and a "body"',
    ],
    [JSON.stringify({ a: 1 }), 'the document "a" is no string'],
    [JSON.stringify({ message: 'not found' }), '"message" is no GraphQL document: "not found"'],
    [
      JSON.stringify({ format, version: 1, operations: [{ id: 'a', body: 'x' }] }),
      'operations[0].body is no GraphQL document: "x"',
    ],
  ])('%s is refused with a reason', (text, reason) => {
    return expect(parseManifest(text)).rejects.toThrow(reason);
  });

  test('may be an object of ids and documents', async () => {
    const manifest = await parseManifest(JSON.stringify({ [`sha256:${hash}`]: query, b: '{ b }' }));
    expect(manifest.find(hash, undefined)).toBe(query);
    expect(manifest.find('b', 'any')).toBe('{ b }');
    expect(manifest.find('__proto__', undefined)).toBeUndefined();
    expect(manifest.holds('{ b }', undefined)).toBe(true);
    expect(manifest.size).toBe(2);
  });
});
