import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGatewayConfig } from '@trellis/gateway/config';
import { startGateway, type Gateway } from '@trellis/gateway/gateway';
import { createLog } from '@trellis/platform/log';
import { runTrellis, type CommandOutcome } from '../harness/run-trellis.ts';

const header =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])\n';
const catalog = `${header}type Query { product(id: ID, tag: String): Product }
type Product @key(fields: "id") { id: ID! name: String oldName: String unused: String }\n`;

let folder: string;
let gateway: Gateway;

const trellis = (...words: readonly string[]): Promise<CommandOutcome> =>
  runTrellis(folder, ...words);

interface Usage {
  readonly path: string;
  readonly maxOperations?: number;
  readonly intervalMs?: number;
}

async function start(
  usage: Usage,
  log = createLog('test', { LOG_LEVEL: 'silent' }),
): Promise<void> {
  const config = readGatewayConfig(undefined, {
    supergraph: join(folder, 'supergraph.graphql'),
    port: '0',
  });
  const telemetry = { ...config.telemetry, usage: { ...config.telemetry.usage, ...usage } };
  gateway = await startGateway({ config: { ...config, telemetry }, log, env: {} });
}

async function ask(query: string, client?: string): Promise<void> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(client === undefined ? {} : { 'apollographql-client-name': client }),
    },
    body: JSON.stringify({ query }),
  });
  await response.text();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trellis usage '));
  writeFileSync(join(folder, 'catalog.graphql'), catalog);
  writeFileSync(
    join(folder, 'supergraph.yaml'),
    'subgraphs: { catalog: { routing_url: "http://127.0.0.1:9", schema: { file: ./catalog.graphql } } }\n',
  );
  expect(await trellis('supergraph', 'compose', '--output', 'supergraph.graphql')).toMatchObject({
    exitCode: 0,
  });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the check knows from the usage log of the gateway which fields clients ask for', async () => {
  const file = join(folder, 'usage.jsonl');
  await start({ path: file });
  await ask('query Page { product(id: "secret-1") { name oldName } }', 'web');
  await ask('query Page { product(id: "secret-2") { name oldName } }', 'web');
  await ask('query Page { product(id: "secret-3") { name oldName } }', 'ios');
  await ask('{ product { nothing } }', 'web');
  await gateway.stop();

  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain('secret');
  const lines = text.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-/),
      document: 'query Page{product(id:""){name oldName}}',
      client: 'web',
      count: 2,
    },
    expect.objectContaining({ client: 'ios', count: 1 }),
  ]);

  writeFileSync(join(folder, 'catalog.graphql'), catalog.replace(' oldName: String', ''));
  const used = await trellis('supergraph', 'check', '--operations', 'usage.jsonl');
  expect(used.text).toContain("Field 'oldName' was removed");
  expect(used.text).toContain('Page');
  expect(used.exitCode).toBe(1);
  writeFileSync(join(folder, 'catalog.graphql'), catalog.replace(' unused: String', ''));
  const unused = await trellis('supergraph', 'check', '--operations', 'usage.jsonl');
  expect(unused.text).toContain('No known operation uses it.');
  expect(unused.exitCode).toBe(0);
});

test('a folder gets a file for the day and the process, which the check reads too', async () => {
  await start({ path: join(folder, 'usage') });
  await ask('{ product { oldName } }');
  await gateway.stop();
  const day = new Date().toISOString().slice(0, 10);
  expect(readdirSync(join(folder, 'usage'))).toEqual([`usage-${day}-${process.pid}.jsonl`]);
  const { text } = await trellis('supergraph', 'check', '--operations', 'usage');
  expect(text).toContain('1 known operation');
});

test('what comes beyond the bound is a number', async () => {
  const file = join(folder, 'usage.jsonl');
  await start({ path: file, maxOperations: 3 });
  for (let at = 0; at < 10; at += 1) await ask(`query Name${at} { product { name } }`);
  await gateway.stop();
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(4);
  expect(JSON.parse(lines[3] ?? '')).toEqual({ time: expect.any(String), beyond: 7 });
});

test('a file that cannot be written harms nobody', async () => {
  await start({ path: join(folder, 'catalog.graphql', 'usage.jsonl') });
  await ask('{ product { name } }');
  await gateway.stop();
});

test('what could not be written is written as soon as it can be', async () => {
  const blocked = join(folder, 'later');
  writeFileSync(blocked, 'a file where a folder is needed');
  let onWarning: (line: string) => void = () => undefined;
  const warned = new Promise<string>((resolve) => (onWarning = resolve));
  const write = (line: string): void => {
    if (line.includes('usage log')) onWarning(line);
  };
  const log = createLog('test', {}, { write });
  await start({ path: join(blocked, 'usage.jsonl'), intervalMs: 50 }, log);
  await ask('{ product { name } }');
  expect(await warned).toContain('cannot be written; its counts are kept');
  rmSync(blocked);
  await ask('{ product { name } }');
  await gateway.stop();
  const lines = readFileSync(join(blocked, 'usage.jsonl'), 'utf8').trim().split('\n');
  const counts = lines.map((line) => (JSON.parse(line) as { count: number }).count);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
});
