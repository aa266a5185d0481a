import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalGraphQLDataSource, RemoteGraphQLDataSource } from '@apollo/gateway';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import { buildSchema, GraphQLError } from 'graphql';
import { createSubgraphFetch, type SubgraphFetchOptions } from './create-subgraph-fetch.ts';
import type { SubgraphResponse } from './subgraph-fetch.ts';
import { makeCaller } from './testing/make-caller.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Seen {
  readonly url: string;
  readonly headers: IncomingHttpHeaders[];
  isCut: boolean;
}

/** @param answer undefined hangs */
async function startServer(answer: string | undefined, status = 200): Promise<Seen> {
  const server = createServer((request, response) => {
    seen.headers.push(request.headers);
    response.on('close', () => (seen.isCut ||= !response.writableFinished));
    if (answer === undefined) return;
    response.writeHead(status, { 'content-type': 'application/json', location: seen.url });
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const seen: Seen = { url: `http://127.0.0.1:${port}/graphql`, headers: [], isCut: false };
  return seen;
}

function ask(
  buildService: NonNullable<SubgraphFetchOptions['buildService']>,
  url = 'http://127.0.0.1:1/',
  timeoutMs = 3_000,
  kind: 'query' | 'mutation' = 'query',
): Promise<SubgraphResponse> {
  const transport = createSubgraphFetch({
    urls: new Map([['orders', url]]),
    subgraphs: { all: { timeoutMs, maxResponseBytes: 2_048, retry: { attempts: 0 } } },
    log: createLog('test', { LOG_LEVEL: 'silent' }),
    buildService,
    findIncomingRequest: ({ headers }) => ({ context: { user: headers['x-user'] } }),
  });
  cleanups.push(() => transport.stop());
  const context = makeCaller({ headers: { 'x-user': 'ada' } });
  const body = `{"query":"${kind} Q($n: Int) { echo(n: $n) }","variables":{"n":7},"operationName":"Q"}`;
  return transport.fetch(
    { subgraph: 'orders', kind, operationName: 'Q', body, fields: ['echo'] },
    context,
  );
}

/** What an ApolloGateway user has today. */
class Authenticated extends RemoteGraphQLDataSource<{ user?: string }> {
  override willSendRequest({
    request,
    context,
  }: Parameters<NonNullable<RemoteGraphQLDataSource<{ user?: string }>['willSendRequest']>>[0]) {
    request.http?.headers.set('x-user-id', context.user ?? 'nobody');
  }
}

/** Tries again whatever happened, as some do. */
class Stubborn extends RemoteGraphQLDataSource {
  override async process(options: Parameters<RemoteGraphQLDataSource['process']>[0]) {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        return await super.process(options);
      } catch {
        // Again.
      }
    }
    return super.process(options);
  }
}

describe('data sources of ApolloGateway users', () => {
  test('run their hooks, see their context, and send the headers of the wire too', async () => {
    const seen = await startServer('{"data":{"echo":7}}');
    const response = await ask(({ url }) => new Authenticated({ url }), seen.url);
    expect(response.data).toEqual({ echo: 7 });
    expect(seen.headers[0]).toMatchObject({
      'x-user-id': 'ada',
      'trellis-request-id': 'request-1',
    });
  });

  test('may change the response', async () => {
    const seen = await startServer('{"data":{"echo":7}}');
    const dataSource = new RemoteGraphQLDataSource({
      url: seen.url,
      didReceiveResponse: ({ response }) => ({ ...response, data: { echo: 8 } }),
    });
    await expect(ask(() => dataSource, seen.url)).resolves.toMatchObject({ data: { echo: 8 } });
  });

  test('may be a schema in this process', async () => {
    const schema = buildSchema('type Query { echo(n: Int): Int }');
    const echo = schema.getQueryType()?.getFields()['echo'];
    if (echo) echo.resolve = (_parent, { n }: { n?: number }) => n;
    const response = await ask(() => new LocalGraphQLDataSource(schema));
    expect(response.data?.['echo']).toBe(7);
  });

  test('end with the deadline, and so does their socket', async () => {
    const seen = await startServer(undefined);
    const asked = ask(({ url }) => new Authenticated({ url }), seen.url, 1_500);
    await expect(asked).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
    for (let tries = 0; tries < 2_000 && !seen.isCut; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(seen.isCut).toBe(true);
  });

  test('do not follow redirects and do not read more than the limit', async () => {
    const redirecting = await startServer('{}', 307);
    const redirected = ask(({ url }) => new Authenticated({ url }), redirecting.url);
    await expect(redirected).rejects.toMatchObject({ code: 'SUBREQUEST_HTTP_ERROR' });
    expect(redirecting.headers).toHaveLength(1);
    const large = await startServer(`{"data":{"echo":"${'x'.repeat(10_000)}"}}`);
    await expect(ask(({ url }) => new Authenticated({ url }), large.url)).rejects.toMatchObject({
      code: 'SUBGRAPH_MALFORMED_RESPONSE',
      message: 'A subgraph sent an answer that is too large.',
    });
  });

  test.each([
    ['an error status', '{"errors":[{"message":"x"}]}', 503],
    ['a redirect', '{}', 307],
    ['half an answer', '{"data":{"ec', 200],
  ])(
    'send no mutation again that brought %s, however often they try',
    async (_, answer, status) => {
      const seen = await startServer(answer, status);
      const stubborn = ({ url }: { readonly url: string }) => new Stubborn({ url });
      await ask(stubborn, seen.url, 3_000, 'mutation').catch(() => undefined);
      if (status === 503) expect(seen.headers).toHaveLength(1);
      const mutations = seen.headers.length;
      await ask(stubborn, seen.url, 3_000, 'query').catch(() => undefined);
      expect(seen.headers.length - mutations).toBe(3);
    },
  );

  test('send no mutation again that nobody answered', async () => {
    const seen = await startServer(undefined);
    const stubborn = ({ url }: { readonly url: string }) => new Stubborn({ url });
    const asked = ask(stubborn, seen.url, 1_500, 'mutation');
    await expect(asked).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
    expect(seen.headers).toHaveLength(1);
  });

  test('may refuse a caller and ask again with a new token, also for a mutation', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(asked === 1 ? 401 : 200, { 'content-type': 'application/json' });
      response.end('{"data":{"echo":7}}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const stubborn = (definition: { readonly url: string }) => new Stubborn(definition);
    const response = await ask(stubborn, url, 3_000, 'mutation');
    expect(response.data).toEqual({ echo: 7 });
    expect(asked).toBe(2);
  });

  test('fail like any other when they throw at once', async () => {
    const throwing = {
      process: () => {
        throw new Error('connect ECONNREFUSED 10.0.0.7');
      },
    };
    await expect(ask(() => throwing)).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      message: 'A subgraph cannot be reached.',
    });
  });

  test('say nothing internal when they fail, and what they mean for clients when they say so', async () => {
    const refused = ask(({ url }) => new Authenticated({ url }));
    await expect(refused).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      message: 'A subgraph cannot be reached.',
    });
    const meant = new RemoteGraphQLDataSource({
      url: 'http://127.0.0.1:1/',
      willSendRequest: () => {
        throw new GraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED' } });
      },
    });
    const { errors } = await ask(() => meant);
    expect(errors).toMatchObject([
      { message: 'Sign in first.', extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });
});
