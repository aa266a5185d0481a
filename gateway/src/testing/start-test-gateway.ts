import { createLog, type Logger } from '@trellis/platform/log';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConfig } from '@trellis/platform/read-config';
import type { z } from 'zod';
import { configSchema } from '../config.ts';
import { startGateway, type Gateway } from '../gateway.ts';

export interface TestGateway extends Gateway {
  /** The file the gateway watches. */
  readonly supergraphFile: string;
  /** POSTs an operation to /graphql. */
  ask(body: unknown, headers?: Record<string, string>): Promise<TestResponse>;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined when it is no JSON. */
  readonly json: TestBody | undefined;
}

/** Loose on purpose: tests say what they expect. */
export interface TestBody {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface TestGatewayOptions {
  readonly settings?: z.input<typeof configSchema>;
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: Logger;
}

/** Starts the gateway over a supergraph on a free port; `stop` also removes its files. */
export async function startTestGateway(
  sdl: string,
  options: TestGatewayOptions = {},
): Promise<TestGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-gateway-'));
  const supergraphFile = join(folder, 'supergraph.graphql');
  writeFileSync(supergraphFile, sdl);
  const { settings = {}, env = {} } = options;
  const config = checkConfig(
    configSchema,
    {
      ...settings,
      // Gateway, subgraphs and tests share a process here: its event loop is late for other reasons.
      overload: { maxEventLoopDelayMs: 0, ...settings.overload },
      supergraph: { pollIntervalMs: 200, ...settings.supergraph, file: supergraphFile },
      listen: { ...settings.listen, port: 0 },
    },
    'test settings',
  );
  const log = options.log ?? createLog('test', { LOG_LEVEL: 'silent' });
  const gateway = await startGateway({ config, log, env });
  return {
    ...gateway,
    supergraphFile,
    ask: (body, headers) => ask(`${gateway.url}/graphql`, body, headers),
    async stop() {
      await gateway.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ask(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return readTestResponse(response);
}

export async function readTestResponse(response: Response): Promise<TestResponse> {
  const text = await response.text();
  let json: TestResponse['json'];
  try {
    json = JSON.parse(text) as NonNullable<TestResponse['json']>;
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}
