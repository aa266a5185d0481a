import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { readGatewayConfig } from '@trellis/gateway/config';
import { startGateway } from '@trellis/gateway/gateway';
import { createIdentityVerifier, type Identity } from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';
import { wireHeaders } from '@trellis/platform/wire-headers';
import { makeWireKey } from '@trellis/platform/wire-keys';
import { parse } from 'graphql';

/** A gateway over one subgraph that answers with the identity its signed hop carries. */
export interface IdentityGraph {
  readonly url: string;
  /** What hops and development tokens are signed with. */
  readonly wireSecret: string;
  /** Asks who the caller is. */
  whoAmI(headers?: Readonly<Record<string, string>>): Promise<IdentityAnswer>;
  stop(): Promise<void>;
}

export interface IdentityAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly identity: Identity | undefined;
  /** Code of the first error. */
  readonly code: string | undefined;
}

const secret = 'the wire secret of the identity graph and of no other';
const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { whoAmI: String! }
  type Mutation { change: String! }`;

export interface IdentityGraphOptions {
  /** Of gateway.yaml. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: NodeJS.ProcessEnv;
}

export async function startIdentityGraph(
  options: IdentityGraphOptions = {},
): Promise<IdentityGraph> {
  const subgraph = await startEcho();
  const folder = mkdtempSync(join(tmpdir(), 'trellis-identity-'));
  const { supergraphSdl, errors } = composeServices([
    { name: 'echo', url: subgraph.url, typeDefs: parse(sdl) },
  ]);
  if (supergraphSdl === undefined) throw new Error(`not composed: ${String(errors)}`);
  writeFileSync(join(folder, 'supergraph.graphql'), supergraphSdl);
  // Gateway, subgraph and tests share a process here: its event loop is late for other reasons.
  writeFileSync(
    join(folder, 'gateway.yaml'),
    JSON.stringify({ overload: { maxEventLoopDelayMs: 0 }, ...options.settings }),
  );
  const gateway = await startGateway({
    config: readGatewayConfig(join(folder, 'gateway.yaml'), {
      supergraph: join(folder, 'supergraph.graphql'),
      port: '0',
    }),
    log: createLog('test', { LOG_LEVEL: 'silent' }),
    env: { TRELLIS_WIRE_SECRET: secret, ...options.env },
  });
  return {
    url: gateway.url,
    wireSecret: secret,
    whoAmI: (headers) => ask(gateway.url, headers),
    async stop() {
      await gateway.stop();
      await subgraph.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startEcho(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const verify = createIdentityVerifier([makeWireKey(secret)], 'echo');
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const identity = verify(request.headers[wireHeaders.identity] as string | undefined);
      const text = JSON.stringify(identity);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: { whoAmI: text, change: text } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface AnswerBody {
  readonly data?: { readonly whoAmI?: string };
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

async function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<IdentityAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ whoAmI }' }),
  });
  const { data, errors } = (await response.json()) as AnswerBody;
  return {
    status: response.status,
    headers: response.headers,
    identity: data?.whoAmI === undefined ? undefined : (JSON.parse(data.whoAmI) as Identity),
    code: errors?.[0]?.extensions?.code,
  };
}
