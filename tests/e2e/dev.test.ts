import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { graphql, parse } from 'graphql';

const root = join(import.meta.dirname, '../..');
const header =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])\n';
const users = `${header}type Query { me: User }\ntype User @key(fields: "id") { id: ID! name: String }\n`;
const orders = `${header}type Query { order: Order }\ntype Order @key(fields: "id") { id: ID! total: Int! }\n`;
const payments = `${header}type Order @key(fields: "id") { id: ID! paid: Boolean! }\n`;

let folder: string;
let remote: Server;
let dev: ChildProcess | undefined;
let said = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trellis dev '));
  remote = await startOrders();
  said = '';
  const yaml = ['users', 'orders', 'payments'].map(
    (name) =>
      `  ${name}: { routing_url: "http://127.0.0.1:9/", schema: { file: ./${name}.graphql } }\n`,
  );
  write('supergraph.yaml', `subgraphs:\n${yaml.join('')}`);
  write('users.graphql', users);
  // Not what is served: `--use` takes the schema from the server too.
  write('orders.graphql', orders.replace('total', 'sum'));
  write('payments.graphql', payments);
});

afterEach(async () => {
  dev?.kill('SIGKILL');
  remote.closeAllConnections();
  await new Promise((resolve) => remote.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** A server of somebody else's that answers for orders. */
async function startOrders(): Promise<Server> {
  const order = { id: 'o1', total: 42 };
  const resolvers = { Query: { order: () => order }, Order: { __resolveReference: () => order } };
  const schema = buildSubgraphSchema({ typeDefs: parse(orders), resolvers });
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { query, variables } = JSON.parse(body) as { query: string; variables?: object };
      const variableValues = { ...variables };
      response.end(JSON.stringify(await graphql({ schema, source: query, variableValues })));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function startDev(): void {
  const url = `http://127.0.0.1:${(remote.address() as AddressInfo).port}/graphql`;
  const flags = ['--use', `orders=${url}`, '--mock', 'payments', '--mock', 'users', '--port', '0'];
  dev = spawn(process.execPath, [join(root, 'composition/bin/trellis.js'), 'dev', ...flags], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [dev.stdout, dev.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
}

async function until<Value>(
  read: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
  const startedAt = performance.now();
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (performance.now() - startedAt > 60_000) throw new Error(`did not happen:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Addresses that gateways said they are ready at: one for each gateway that was ever started. */
function readyAt(): string[] {
  return [...said.matchAll(/"url":"(http:[^"]+)"[^\n]*"msg":"ready"/g)].map(([, url]) => url ?? '');
}

async function ask(url: string, query: string): Promise<{ data?: unknown; errors?: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data?: unknown; errors?: unknown };
}

test('trellis dev serves replaced and mocked subgraphs, follows edits live, and keeps the last good graph', async () => {
  startDev();
  const url = await until(() => readyAt()[0]);
  // Across the server of somebody else and a mock.
  const answer = await ask(url, '{ order { id total paid } }');
  expect(answer.errors).toBeUndefined();
  expect(answer.data).toEqual({ order: { id: 'o1', total: 42, paid: expect.any(Boolean) } });

  // A new field is served by the gateway that runs: no other one was started.
  const before = said.length;
  const editedAt = performance.now();
  write('users.graphql', users.replace('name: String', 'name: String nick: String'));
  await until(async () => ((await ask(url, '{ me { nick } }')).errors ? undefined : true));
  const followedMs = Math.round(performance.now() - editedAt);
  expect(readyAt()).toHaveLength(1);
  expect(said.slice(before)).toMatch(/composed 3 subgraphs in \d+ ms/);
  // It takes a fraction of a second; the bound is for a machine that does ten things at once.
  expect(followedMs).toBeLessThan(30_000);
  process.stdout.write(`an edit was served after ${followedMs} ms\n`);

  // An error is shown with its place; what was served last is still served.
  const good = readFileSync(join(folder, '.trellis/supergraph.graphql'), 'utf8');
  write('users.graphql', users.replace('me: User', 'me: Usr'));
  await until(() => said.includes('the gateway keeps the last good graph') || undefined);
  expect(said).toContain('users.graphql:2:18');
  expect((await ask(url, '{ me { nick } }')).errors).toBeUndefined();
  expect(readFileSync(join(folder, '.trellis/supergraph.graphql'), 'utf8')).toBe(good);

  write('users.graphql', users.replace('me: User', 'me: User you: User'));
  await until(async () => ((await ask(url, '{ you { id } }')).errors ? undefined : true));
  expect(readyAt()).toHaveLength(1);

  const ended = new Promise((resolve) => dev?.once('exit', resolve));
  dev?.kill('SIGTERM');
  expect(await ended).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
  expect(existsSync(join(folder, '.trellis/.gitignore'))).toBe(true);
}, 240_000);
