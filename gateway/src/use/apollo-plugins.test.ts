import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginUsageReporting } from '@apollo/server/plugin/usageReporting';
import { startStandaloneServer } from '@apollo/server/standalone';
import { findFreePort } from '@trellis/platform/free-port';
import { TrellisGateway, type TrellisGatewayOptions } from './apollo-server.ts';
import { quietLog, setUpApollo, silentLogger } from './testing/apollo-suite.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly unknown[];
      readonly extensions?: Readonly<Record<string, unknown>>;
    }[];
  };
}

const suite = setUpApollo();

function createGateway(settings: TrellisGatewayOptions['settings'] = {}): TrellisGateway {
  return suite.createGateway({ settings });
}

/** Starts a server as its users do. */
async function start(given: ApolloServer): Promise<(body: object) => Promise<Answer>> {
  suite.keep(given);
  const { url } = await startStandaloneServer(given, { listen: { port: 0, host: '127.0.0.1' } });
  return async (body) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'apollographql-client-name': 'shop' },
      body: JSON.stringify(body),
    });
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as Answer['body'] };
  };
}

/** A plugin that writes down every hook it is called for. */
function listen(seen: string[]): ApolloServerPlugin {
  return {
    async serverWillStart() {
      seen.push('serverWillStart');
      return {
        schemaDidLoadOrUpdate({ apiSchema, coreSupergraphSdl = '' }) {
          const isWhole = coreSupergraphSdl.includes('join__Graph');
          seen.push(`schema ${String(apiSchema.getQueryType()?.name)} ${isWhole}`);
        },
        async serverWillStop() {
          seen.push('serverWillStop');
        },
      };
    },
    async requestDidStart() {
      seen.push('requestDidStart');
      return {
        didResolveSource: async ({ source }) => void seen.push(`source ${source.length}`),
        parsingDidStart: async () => void seen.push('parsing'),
        validationDidStart: async () => void seen.push('validation'),
        didResolveOperation: async ({ operationName }) =>
          void seen.push(`operation ${operationName}`),
        executionDidStart: async () => void seen.push('execution'),
        didEncounterErrors: async ({ errors }) =>
          void seen.push(`errors ${errors.map(({ path }) => path?.join('.')).join()}`),
        willSendResponse: async ({ response }) => {
          response.http.headers.set('x-plugin', 'was here');
          seen.push('response');
        },
      };
    },
  };
}

describe('plugins of Apollo Server over TrellisGateway', () => {
  test('are called for everything a request goes through, in order', async () => {
    const seen: string[] = [];
    const ask = await start(
      new ApolloServer({ gateway: createGateway(), plugins: [listen(seen)] }),
    );
    const { headers, body } = await ask({ query: 'query Mine { me { name } fail }' });
    expect(body.data).toEqual({ me: { name: 'Ada' }, fail: null });
    expect(headers.get('x-plugin')).toBe('was here');
    await suite.stop();
    expect(seen).toEqual([
      'serverWillStart',
      'schema Query true',
      'requestDidStart',
      'source 31',
      'parsing',
      'validation',
      'operation Mine',
      'execution',
      'errors fail',
      'response',
      'serverWillStop',
    ]);
  });

  test('report usage: operation, client, duration', async () => {
    const reports: string[] = [];
    const collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        reports.push(gunzipSync(Buffer.concat(chunks)).toString('latin1'));
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    try {
      const ask = await start(
        new ApolloServer({
          gateway: createGateway(),
          logger: silentLogger,
          apollo: { key: 'service:test:none', graphRef: 'test@current' },
          plugins: [
            ApolloServerPluginUsageReporting({
              endpointUrl: `http://127.0.0.1:${port}`,
              sendReportsImmediately: true,
            }),
          ],
        }),
      );
      await ask({ query: 'query Mine { me { name } }' });
      while (reports.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(reports.join()).toContain('# Mine\nquery Mine{me{name}}');
      expect(reports.join()).toContain('shop');
    } finally {
      collector.close();
      collector.closeAllConnections();
    }
  });

  test('and formatError see what the gateway refuses', async () => {
    const seen: string[] = [];
    const ask = await start(
      new ApolloServer({
        gateway: createGateway({ operation: { cost: { maxCost: 1 } } }),
        plugins: [listen(seen)],
        formatError: ({ extensions }) => ({ message: `formatted ${String(extensions?.['code'])}` }),
      }),
    );
    const { status, body } = await ask({ query: '{ users { name } me { name } }' });
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ message: 'formatted COST_LIMIT_EXCEEDED' }]);
    expect(seen.filter((each) => each.startsWith('errors'))).toHaveLength(1);
  });
});

describe('limits of an embedded gateway', () => {
  const deep = `{ me { ${'reviews { author { '.repeat(20)}name${' } }'.repeat(20)} } }`;

  test('refuse before Apollo Server parses anything, with the plugin', async () => {
    const seen: string[] = [];
    const gateway = createGateway();
    const plugins = [gateway.limits(), listen(seen)];
    const ask = await start(new ApolloServer({ gateway, plugins }));
    const { status, body } = await ask({ query: deep });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions?.['code']).toBe('MAX_DEPTH_LIMIT');
    expect(seen).not.toContain('parsing');
    expect((await ask({ query: '{ me { name } }' })).body).toEqual({
      data: { me: { name: 'Ada' } },
    });
    expect(seen).toContain('parsing');
  });

  test('refuse after it, without', async () => {
    const seen: string[] = [];
    const ask = await start(
      new ApolloServer({ gateway: createGateway(), plugins: [listen(seen)] }),
    );
    const { status, body } = await ask({ query: deep });
    expect([status, body.errors?.[0]?.extensions?.['code']]).toEqual([400, 'MAX_DEPTH_LIMIT']);
    expect(seen).toContain('parsing');
  });

  test('leave what Apollo Server refuses by itself to it', async () => {
    const gateway = createGateway();
    const ask = await start(new ApolloServer({ gateway, plugins: [gateway.limits()] }));
    const unknown = await ask({ query: '{ nobody { name } everybody }' });
    expect(unknown.body.errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
      'GRAPHQL_VALIDATION_FAILED',
    ]);
    const broken = await ask({ query: '{ me {' });
    expect(broken.body.errors?.[0]?.extensions?.['code']).toBe('GRAPHQL_PARSE_FAILED');
    const ambiguous = await ask({ query: 'query A { me { name } } query B { me { id } }' });
    expect(ambiguous.body.errors?.[0]?.extensions?.['code']).toBe('OPERATION_RESOLUTION_FAILURE');
    const chosen = await ask({
      query: 'query A { me { name } } query B { me { id } }',
      operationName: 'B',
    });
    expect(chosen.body).toEqual({ data: { me: { id: '1' } } });
  });
});

describe('telemetry of an embedded gateway', () => {
  test('counts requests, refusals and fetches where settings open it', async () => {
    const telemetry = { listen: { port: await findFreePort() } };
    const gateway = createGateway({ telemetry, operation: { cost: { maxCost: 5 } } });
    const ask = await start(new ApolloServer({ gateway }));
    await ask({ query: 'query Mine { me { name } }' });
    await ask({ query: '{ a: users(first: 50) { name } }' });
    const address = `http://127.0.0.1:${telemetry.listen.port}/metrics`;
    const metrics = await (await fetch(address)).text();
    expect(metrics).toMatch(/_requests_total\{[^}]*\} 1/);
    expect(metrics).toMatch(/subgraph="users"/);
    expect(metrics).toMatch(/COST_LIMIT_EXCEEDED/);
    await suite.stop();
    await expect(fetch(address)).rejects.toThrow();
  });

  test('opens and counts nothing by itself', async () => {
    const lines: unknown[] = [];
    const listening = Object.assign(Object.create(quietLog) as typeof quietLog, {
      warn: (...line: unknown[]) => void lines.push(line),
      error: (...line: unknown[]) => void lines.push(line),
    });
    const gateway = new TrellisGateway({ supergraphSdl: suite.subgraphs.sdl, logger: listening });
    const ask = await start(new ApolloServer({ gateway }));
    await ask({ query: '{ me { name } }' });
    expect(lines).toEqual([]);
  });
});
