import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import {
  composeTestSupergraph,
  startTestSubgraph,
  type TestSubgraph,
} from '../testing/test-subgraphs.ts';

/** Stands for a value that somebody typed in, in every place where one can stand. */
const canary = 'K4N4RY';

/** Two lines quote a subgraph, because nothing else tells what went wrong there (docs/telemetry.md). */
const quoting = ['subgraph error masked', 'subgraph fetch failed'];

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const persisted = (text: string): Record<string, unknown> => ({
  extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(text) } },
});
const registered = `query Registered { find(text: "${canary} registered") }`;

/** Each with the status that proves it came to where it was meant to come. */
const requests: readonly (readonly [string, number, Record<string, unknown> | string])[] = [
  ['a literal', 200, { query: `query Literal { find(text: "${canary}") }` }],
  ['a block string', 200, { query: `{ find(text: """${canary}""") }` }],
  ['a comment', 200, { query: `{ find(text: "x") } # ${canary}` }],
  [
    'an input object',
    200,
    { query: `{ search(filter: { name: "${canary}", words: ["${canary}"] }) }` },
  ],
  ['a variable', 200, { query: 'query ($t: String) { find(text: $t) }', variables: { t: canary } }],
  [
    'a default of a variable',
    200,
    { query: `query ($t: String = "${canary}") { find(text: $t) }` },
  ],
  [
    'a variable nobody uses',
    200,
    { query: '{ find(text: "x") }', variables: { [canary]: canary } },
  ],
  ['a mutation', 200, { query: `mutation M { keep(text: "${canary}") }` }],
  ['extensions', 200, { query: '{ find(text: "x") }', extensions: { note: canary } }],
  ['an answer', 200, { query: '{ told }' }],
  ['a hash that is registered', 200, { query: registered, ...persisted(registered) }],
  ['a hash that is known', 200, persisted(registered)],
  ['a hash of another text', 400, { query: `{ find(text: "${canary}") }`, ...persisted('x') }],
  [
    'a hash that is none',
    400,
    { extensions: { persistedQuery: { version: 1, sha256Hash: [canary] } } },
  ],
  ['an error of a subgraph', 200, { query: `{ fail(text: "${canary}") }` }],
  [
    'a variable of the wrong type',
    400,
    { query: 'query ($n: Int) { count(number: $n) }', variables: { n: canary } },
  ],
  [
    'a list of wrong items',
    400,
    {
      query: 'query ($f: Filter) { search(filter: $f) }',
      variables: { f: { words: [{ a: canary }] } },
    },
  ],
  ['a literal of the wrong type', 400, { query: `{ count(number: "${canary}") }` }],
  ['a text that is no document', 400, { query: `{ find(text: "${canary}) }` }],
  ['words after the document', 400, { query: `{ find } "${canary}"` }],
  ['a body that is no JSON', 400, `{"query": "${canary}`],
  ['a query of the wrong kind', 400, { query: [canary] }],
  [
    'a literal that costs too much',
    400,
    { query: `{ many(first: 999999999, text: "${canary}") { name } }` },
  ],
  [
    'a literal in too deep a document',
    400,
    { query: `{ find(text: "${canary}") ${'{ a '.repeat(20)}${'}'.repeat(20)} }` },
  ],
];

const headers = {
  cookie: `session=${canary}`,
  'x-tenant': canary,
  'x-request-id': `not an id ${canary}`,
  referer: `https://shop.example/?q=${canary}`,
  'user-agent': canary,
  'accept-language': canary,
  baggage: `user=${canary}`,
  tracestate: `a=${canary}`,
};

describe.each(['trellis', 'apollo'] as const)('what is written down, server: %s', (server) => {
  const lines: Record<string, unknown>[] = [];
  let exported = '';
  let metrics = '';
  let subgraph: TestSubgraph;
  let collector: Server;
  let gateway: TestGateway;
  let folder: string;
  const answers = new Map<string, number>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-canary-'));
    collector = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => (exported += chunk.toString('utf8')));
      request.on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    subgraph = await startTestSubgraph(thing);
    gateway = await startTestGateway(composeTestSupergraph([subgraph]), {
      log: createLog(
        'gateway',
        { LOG_LEVEL: 'debug' },
        {
          write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>),
        },
      ),
      env: { NODE_ENV: 'production' },
      settings: {
        server,
        subgraphs: { all: { propagateHeaders: ['x-tenant'] } },
        operation: { safelist: { mode: 'off' } },
        telemetry: {
          listen: { port: 0 },
          accessLog: 'all',
          slowRequestMs: 0.001,
          tracing: { endpoint: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` },
          usage: { path: join(folder, 'usage.jsonl') },
          audit: { path: join(folder, 'audit.jsonl') },
        },
      },
    });
    for (const [what, , body] of requests) {
      answers.set(what, (await gateway.ask(body, headers)).status);
    }
    await askOverGet({ query: `{ find(text: "${canary}") }`, variables: `{"a":"${canary}"}` });
    await askOverGet({ query: '{ find }', variables: canary });
    await gateway.ask({ query: '{ find }' }, { ...headers, authorization: `Bearer ${canary}` });
    await gateway.ask({ query: '{ find }' }, { ...headers, accept: canary });
    await fetch(`${gateway.url}/${canary}?${canary}`);
    metrics = await (await fetch(`${gateway.telemetryUrl ?? ''}/metrics`)).text();
    metrics += await (await fetch(`${gateway.telemetryUrl ?? ''}/state`)).text();
    await gateway.stop();
    await subgraph.stop();
    await new Promise((resolve) => collector.close(resolve));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function askOverGet(parameters: Record<string, string>): Promise<Response> {
    const search = new URLSearchParams(parameters).toString();
    const required = { ...headers, 'apollo-require-preflight': '1' };
    return fetch(`${gateway.url}/graphql?${search}`, { headers: required });
  }

  test('comes from requests that went the ways they should', () => {
    expect([...answers]).toEqual(requests.map(([what, status]) => [what, status]));
  });

  test('has no value in the log', () => {
    const own = lines.filter(({ msg }) => !quoting.includes(String(msg)));
    expect(own.length).toBeGreaterThan(requests.length);
    expect(own.filter((line) => JSON.stringify(line).includes(canary))).toEqual([]);
    expect(own.filter(({ operation }) => operation === 'Literal')).toHaveLength(1);
  });

  test('quotes a subgraph only where it went wrong', () => {
    const quoted = lines.filter((line) => JSON.stringify(line).includes(canary));
    expect(new Set(quoted.map(({ msg }) => msg))).toEqual(new Set(['subgraph error masked']));
  });

  test('has no value in spans', () => {
    expect(exported).toContain('query Literal');
    expect(exported.split(canary)).toHaveLength(1);
  });

  test('has no value in metrics and the state', () => {
    expect(metrics).toContain('trellis_requests_total');
    expect(metrics.split(canary)).toHaveLength(1);
  });

  test('has no value in the usage log and the audit trail', () => {
    expect(readdirSync(folder).sort()).toEqual(['audit.jsonl', 'usage.jsonl']);
    for (const file of readdirSync(folder)) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(text.length).toBeGreaterThan(50);
      expect([file, text.split(canary).length]).toEqual([file, 1]);
    }
  });
});

const thing = {
  name: 'things',
  sdl: `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
type Query {
  find(text: String): String
  search(filter: Filter): String
  count(number: Int): Int
  many(first: Int, text: String): [Thing]
  fail(text: String): String
  told: String
}
type Mutation { keep(text: String): String }
type Thing { name: String }
input Filter { name: String words: [String] }`,
  resolvers: {
    Query: {
      find: () => 'found',
      search: () => 'found',
      told: () => canary,
      fail: (_: unknown, { text }: { readonly text: string }) => {
        throw new Error(`nothing is called ${text}`);
      },
    },
    Mutation: { keep: () => 'kept' },
  },
};
