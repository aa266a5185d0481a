import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

describe('the pages of development', () => {
  let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
  let gateway: TestGateway;

  beforeAll(async () => {
    subgraphs = await startUsersAndReviews();
    gateway = await startTestGateway(subgraphs.sdl);
  });
  afterAll(async () => {
    await gateway.stop();
    await subgraphs.stop();
  });

  test.each([
    ['/plan', 'text/html'],
    ['/plan/page.js', 'text/javascript'],
    ['/plan/timeline.js', 'text/javascript'],
    ['/plan/page.css', 'text/css'],
    ['/graphiql', 'text/html'],
    ['/graphiql/page.js', 'text/javascript'],
    ['/graphiql/graphql.worker.js', 'text/javascript'],
  ])('%s is served as %s, and may load our own files only', async (path, type) => {
    const response = await fetch(gateway.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain(type);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    const text = await response.text();
    expect(text.length).toBeGreaterThan(100);
    if (type === 'text/html') expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  test.each([
    '/plan/../../src/main.ts',
    '/plan/%2e%2e/%2e%2e/package.json',
    '/plan/..%2f..%2fpackage.json',
    '/graphiql/../.made-of',
    '/graphiql/.made-of',
    '/plan/none.js',
  ])('%s leads nowhere', async (path) => {
    const { hostname, port } = new URL(gateway.url);
    const text = await new Promise<string>((resolve) => {
      let received = '';
      const socket = connect(Number(port), hostname, () => {
        // A raw request: clients would tidy the address up.
        socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      });
      socket.on('data', (chunk) => (received += String(chunk)));
      socket.on('close', () => resolve(received));
    });
    expect(text).toMatch(/^HTTP\/1.1 404 /);
  });

  test('GraphiQL offers no sign-in and no samples unless settings name them', async () => {
    const response = await fetch(`${gateway.url}/graphiql/settings.json`);
    expect(await response.json()).toEqual({ samples: [] });
    const page = await fetch(`${gateway.url}/graphiql`);
    expect(page.headers.get('content-security-policy')).not.toContain('connect-src');
  });

  test('GraphiQL may reach the named provider and opens the samples in the order of their names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trellis-samples-'));
    writeFileSync(join(folder, '2.graphql'), '{ second }');
    writeFileSync(join(folder, '1.graphql'), '{ first }');
    writeFileSync(join(folder, 'notes.txt'), 'no operation');
    const signIn = {
      issuer: 'https://login.example.com/tenant',
      clientId: 'graphiql',
      origins: ['https://tokens.example.com'],
    };
    const settings = { http: { samples: folder }, authentication: { signIn } };
    const other = await startTestGateway(subgraphs.sdl, { settings });
    try {
      const told = (await (await fetch(`${other.url}/graphiql/settings.json`)).json()) as unknown;
      expect(told).toEqual({
        signIn: { ...signIn, scopes: ['openid'], parameters: {} },
        samples: ['{ first }', '{ second }'],
      });
      const page = await fetch(`${other.url}/graphiql`);
      expect(page.headers.get('content-security-policy')).toContain(
        "connect-src 'self' https://login.example.com https://tokens.example.com",
      );
    } finally {
      await other.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
