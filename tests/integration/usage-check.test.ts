import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readGatewayConfig } from '@trellis/gateway/config';
import { startGateway } from '@trellis/gateway/gateway';
import { createLog } from '@trellis/platform/log';
import { runTrellis, type CommandOutcome } from '../harness/run-trellis.ts';

const catalog = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { product: Product }
  type Product { name: String title: String @deprecated(reason: "Use name. Removed after 2027-06-30.") }\n`;
const withoutTitle = catalog.replace(/ title: .*\)/, '');
const dayMs = 86_400_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trellis usage check '));
  write('catalog.graphql', catalog);
  write(
    'supergraph.yaml',
    'subgraphs: { catalog: { routing_url: "http://127.0.0.1:9", schema: { file: ./catalog.graphql } } }\n',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

const trellis = (...words: readonly string[]): Promise<CommandOutcome> =>
  runTrellis(folder, ...words);

/** Lets a real gateway write down who asks for what. */
async function recordUsage(
  path: string,
  asked: readonly (readonly [string, string])[],
): Promise<void> {
  const config = readGatewayConfig(undefined, {
    supergraph: join(folder, 'supergraph.graphql'),
    port: '0',
  });
  const usage = { ...config.telemetry.usage, path };
  const gateway = await startGateway({
    config: { ...config, telemetry: { ...config.telemetry, usage } },
    log: createLog('test', { LOG_LEVEL: 'silent' }),
    env: {},
  });
  for (const [client, query] of asked) {
    const headers = {
      'content-type': 'application/json',
      'apollographql-client-name': client,
      'apollographql-client-version': '2',
    };
    const body = JSON.stringify({ query });
    await (await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })).text();
  }
  await gateway.stop();
}

/** The same log as if it had been written so many days ago. */
function shift(file: string, days: number): string {
  return readFileSync(file, 'utf8').replace(/"time":"([^"]+)"/g, (_all, time: string) => {
    return `"time":"${new Date(Date.parse(time) - days * dayMs).toISOString()}"`;
  });
}

test('what the gateway wrote down decides whether a field may go, by the days since it was asked for', async () => {
  expect((await trellis('supergraph', 'compose', '--output', 'supergraph.graphql')).exitCode).toBe(
    0,
  );
  const file = join(folder, 'usage.jsonl');
  await recordUsage(file, [
    ['web', 'query Page { product { name title } }'],
    ['web', 'query Page { product { name title } }'],
    ['ios', 'query Screen { product { title } } query Other { product { name } }'],
    ['ios', 'query New { product { name } }'],
  ]);

  const usage = await trellis('operation', 'usage', '--operations', 'usage.jsonl');
  expect(usage.text).toMatch(
    /Product\.title\s+Use name\. Removed after 2027-06-30\.\s+Page 2×\s+web@2\s+\d{4}/,
  );

  write('catalog.graphql', withoutTitle);
  const recent = await trellis('supergraph', 'check', '--operations', 'usage.jsonl');
  expect(recent.exitCode).toBe(1);
  expect(recent.text).toContain('Used by 1 known operation: Page (usage.jsonl, 2×, web@2)');

  // Forty days later nobody has asked for it in thirty, while others have asked for other things.
  const before = shift(file, 40);
  const [newer = ''] = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('New'));
  write('usage.jsonl', `${before}${newer}\n`);
  const old = await trellis('supergraph', 'check', '--operations', 'usage.jsonl');
  expect(old.text).toContain('No known operation uses it.');
  expect(old.text).not.toContain('USAGE_LOG_INCOMPLETE');
  expect(old.exitCode).toBe(0);
  const longer = ['--since-days', '60'];
  const asked = await trellis('supergraph', 'check', '--operations', 'usage.jsonl', ...longer);
  expect(asked.exitCode).toBe(1);
});
