import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
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
});
