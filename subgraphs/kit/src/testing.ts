import type { GraphQLFormattedError } from 'graphql';
import {
  anonymous,
  createIdentitySigner,
  createIdentityVerifier,
  type Identity,
} from '@trellis/platform/identity';
import { createLog, type Logger } from '@trellis/platform/log';
import { makeWireKey } from '@trellis/platform/wire-keys';
import { wireHeaders } from '@trellis/platform/wire-headers';
import type { Database } from './database/connect.ts';
import { createTestDatabase } from './database/test-database.ts';
import type { RequestScope } from './request-scope.ts';
import type { RunningSubgraph } from './serve.ts';
import { startSubgraph, type StartOptions } from './start-subgraph.ts';
import type { Subgraph } from './subgraph.ts';

/** What a subgraph answered over HTTP. */
export interface TestAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape
  readonly data: any;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
}

export interface TestRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Who asks. Default: the `identity` the subgraph was started with, else anonymous. */
  readonly identity?: Identity;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestSubgraph<Tables> extends RunningSubgraph {
  readonly database: Database<Tables>;
  /** Asks over HTTP with a signed identity header, as the gateway does. */
  ask(request: TestRequest | string): Promise<TestAnswer>;
}

export interface TestOptions extends Pick<StartOptions, 'finishSchema'> {
  /** Whether the first data is loaded. Default true. */
  readonly seeds?: boolean;
  /** Who asks, unless a request says otherwise. Default: anonymous. */
  readonly identity?: Identity;
  /** Default: silent. */
  readonly log?: Logger;
}

const testKey = makeWireKey('for tests only: nobody keeps this secret');

/** Makes a user for tests. */
export function testUser(id: string, ...roles: readonly string[]): Identity {
  return { kind: 'user', subject: id, roles, scopes: [], attributes: {} };
}

/** Starts a service in this process, on a database of its own and a free port. Stop it in `afterAll`. */
export async function startTestSubgraph<Tables, Context extends RequestScope>(
  subgraph: Subgraph<Tables, Context>,
  options: TestOptions = {},
): Promise<TestSubgraph<Tables>> {
  const { seeds = true, identity = anonymous, log = silentLog(subgraph.name) } = options;
  const testDatabase = await createTestDatabase();
  try {
    const running = await startSubgraph(subgraph, {
      env: testDatabase.env,
      log,
      seeds,
      port: 0,
      host: '127.0.0.1',
      showsInternalErrors: true,
      signedHop: {
        verify: createIdentityVerifier([testKey], subgraph.name),
        allowsDirect: false,
      },
      ...(options.finishSchema ? { finishSchema: options.finishSchema } : {}),
    });
    const ask = createCaller(running.url, subgraph.name, identity);
    return {
      ...running,
      ask,
      stop: async () => {
        await running.stop();
        await testDatabase.stop();
      },
    };
  } catch (error) {
    await testDatabase.stop();
    throw error;
  }
}

function createCaller(
  url: string,
  name: string,
  defaultIdentity: Identity,
): (request: TestRequest | string) => Promise<TestAnswer> {
  const sign = createIdentitySigner(testKey);
  return async function ask(request) {
    const { query, variables, identity, headers } =
      typeof request === 'string' ? ({ query: request } as TestRequest) : request;
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [wireHeaders.identity]: sign(identity ?? defaultIdentity, name),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as Omit<TestAnswer, 'status'>;
    return { status: response.status, data: body.data, errors: body.errors };
  };
}

function silentLog(name: string): Logger {
  return createLog(name, { LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
}
