import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startDevSession, type DevSession } from '../dev/dev-session.ts';
import { createFakeTerminal, type FakeTerminal } from '../testing/fake-terminal.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';

const header =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])\n';
const users = `${header}type Query { me: User }\ntype User @key(fields: "id") { id: ID! name: String }\n`;
const orders = `${header}type Query { order(id: ID!): Order }\ntype Order { id: ID! total: Int! buyer: User }\ntype User @key(fields: "id") { id: ID! orders: [Order!]! }\n`;
const yaml = `subgraphs:
  users: { routing_url: "http://127.0.0.1:1/graphql", schema: { file: ./users.graphql } }
  orders: { routing_url: "http://127.0.0.1:2/graphql", schema: { file: ./orders.graphql } }
`;

/** A gateway process that writes down its arguments and ends with 7 on SIGTERM. */
const gatewayMain = `import { renameSync, writeFileSync } from 'node:fs';
writeFileSync('started.part', JSON.stringify({ args: process.argv.slice(2), node: process.execArgv }));
renameSync('started.part', 'started.json');
process.on('SIGTERM', () => process.exit(7));
setInterval(() => {}, 1000);
`;
const gatewayPackage =
  '{"name":"@trellis/gateway","type":"module","exports":{"./main":"./main.js"}}';

describe('trellis dev', () => {
  let folder: TemporaryFolder;
  let terminal: FakeTerminal;
  let session: DevSession | undefined;

  beforeEach(async () => {
    folder = await createTemporaryFolder({
      'supergraph.yaml': yaml,
      'users.graphql': users,
      'orders.graphql': orders,
      'node_modules/@trellis/gateway/package.json': gatewayPackage,
      'node_modules/@trellis/gateway/main.js': gatewayMain,
    });
    terminal = createFakeTerminal({ cwd: folder.path, env: process.env });
  });

  afterEach(async () => {
    session?.stop('SIGTERM');
    await session?.ended;
    await folder.remove();
  });

  const start = async (options: { mock?: string[]; port?: number; gateway?: boolean } = {}) => {
    const defaults = { config: 'supergraph.yaml', gateway: false, start: true };
    session = await startDevSession(
      { ...defaults, output: '.trellis/supergraph.graphql', ...options },
      terminal,
    );
  };
  const supergraph = (): Promise<string> =>
    readFile(join(folder.path, '.trellis/supergraph.graphql'), 'utf8').catch(() => '');
  const until = async (isTrue: () => Promise<boolean> | boolean): Promise<void> => {
    for (let tries = 0; !(await isTrue()); tries++) {
      if (tries > 2_000)
        throw new Error(`did not happen; the terminal says:\n${terminal.errText()}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };

  test('starts the gateway on the composed graph and ends with its exit code', async () => {
    await start({ gateway: true, port: 4321 });
    await until(() =>
      readFile(join(folder.path, 'started.json')).then(
        () => true,
        () => false,
      ),
    );
    const started = JSON.parse(await readFile(join(folder.path, 'started.json'), 'utf8')) as {
      args: string[];
      node: string[];
    };
    expect(started.args).toEqual([
      '--supergraph',
      join(folder.path, '.trellis/supergraph.graphql'),
      '--port',
      '4321',
    ]);
    expect(started.node).toContain('--max-semi-space-size=64');
    session?.stop('SIGTERM');
    expect(await session?.ended).toBe(7);
  });

  test('recomposes when a schema changes, also when an editor replaces the file', async () => {
    await start();
    await until(async () => (await supergraph()).includes('type Order'));
    await folder.write('users.graphql', users.replace('name: String', 'name: String nick: String'));
    await until(async () => (await supergraph()).includes('nick: String'));
  });

  test('shows an error in place and keeps the last good graph, then goes on', async () => {
    await start();
    await until(async () => (await supergraph()).includes('type Order'));
    const good = await supergraph();
    await folder.write('users.graphql', users.replace('me: User', 'me: Usr'));
    await until(() => terminal.errText().includes('Unknown type Usr'));
    expect(terminal.errText()).toContain('users.graphql:2:18');
    expect(terminal.errText()).toContain('keeps the last good graph');
    expect(await supergraph()).toBe(good);
    await folder.write('users.graphql', users.replace('me: User', 'me: User you: User'));
    await until(async () => (await supergraph()).includes('you: User'));
  });

  test('answers for a mocked subgraph with values that fit its schema', async () => {
    await start({ mock: ['orders'] });
    await until(async () => (await supergraph()).includes('127.0.0.1'));
    const url = /ORDERS @join__graph\(name: "orders", url: "([^"]+)"\)/.exec(
      await supergraph(),
    )?.[1];
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
    const query =
      'query($r: [_Any!]!) { order(id: "o7") { id total } _entities(representations: $r) { ... on User { id orders { id } } } }';
    const response = await fetch(url ?? '', {
      method: 'POST',
      body: JSON.stringify({ query, variables: { r: [{ __typename: 'User', id: 'u1' }] } }),
    });
    const answer = (await response.json()) as {
      data: {
        order: { id: string; total: number };
        _entities: { id: string; orders: unknown[] }[];
      };
    };
    expect(answer).not.toHaveProperty('errors');
    expect(answer.data.order.id).toBe('o7');
    expect(Number.isInteger(answer.data.order.total)).toBe(true);
    expect(answer.data._entities[0]).toMatchObject({ id: 'u1', orders: [{}, {}, {}] });
  });

  test('starts the commands of the subgraphs with a common secret, and stops them', async () => {
    const command = `node -e 'console.log("secret of", process.env.TRELLIS_WIRE_SECRET.length); setInterval(() => {}, 1000)'`;
    await folder.write(
      'supergraph.yaml',
      yaml.replaceAll(
        /(schema: \{[^}]*\})/g,
        (schema) => `${schema}, dev: { command: ${JSON.stringify(command)} }`,
      ),
    );
    await start({ mock: ['orders'] });
    await until(() => terminal.errText().includes('[users] secret of 43'));
    expect(terminal.errText()).not.toContain('[orders]');
    session?.stop('SIGINT');
    // Ends only when the command has ended: a process left behind would keep it waiting.
    expect(await session?.ended).toBe(0);
  });

  test('says which command of a subgraph failed', async () => {
    await folder.write(
      'supergraph.yaml',
      yaml.replace('users.graphql }', 'users.graphql }, dev: { command: exit 9 }'),
    );
    await start();
    await until(() => terminal.errText().includes('[users] ended with exit code 9: exit 9'));
  });

  test('refuses to mock a subgraph that does not exist, naming those that do', async () => {
    await expect(start({ mock: ['order'] })).rejects.toThrow(
      '--mock order: supergraph.yaml has no such subgraph; it has users, orders',
    );
  });
});
