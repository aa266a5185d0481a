import type { AddressInfo } from 'node:net';
import { checkConfig, ConfigError } from '@trellis/platform/read-config';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

/** Where a subgraph listens, and what it takes from a caller at most. */
export interface ListenOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
  readonly maxRequestMs: number;
}

const settings = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  MAX_BODY_BYTES: z.coerce
    .number()
    .int()
    .min(1_024)
    .default(4 * 1_024 * 1_024),
  MAX_REQUEST_MS: z.coerce.number().int().min(1).default(30_000),
});

const fallbackPort = 4_000;

/**
 * Reads `HOST`, `PORT`, `MAX_BODY_BYTES` and `MAX_REQUEST_MS`; the same with the subgraph's name before it
 * (`ORDERS_PORT`) goes first, and what the code says goes before both.
 * @throws ConfigError naming the variable and what is allowed
 */
export function readListenOptions(
  name: string,
  given: { readonly port?: number; readonly host?: string; readonly defaultPort?: number },
  env: NodeJS.ProcessEnv,
): ListenOptions {
  const prefix = `${name.toUpperCase().replaceAll('-', '_')}_`;
  const values = Object.keys(settings.shape).map((key) => [
    key,
    env[`${prefix}${key}`] || env[key] || undefined,
  ]);
  const read = checkConfig(settings, Object.fromEntries(values), `environment of ${name}`);
  return {
    name,
    host: given.host ?? read.HOST,
    port: given.port ?? read.PORT ?? given.defaultPort ?? fallbackPort,
    maxBodyBytes: read.MAX_BODY_BYTES,
    maxRequestMs: read.MAX_REQUEST_MS,
  };
}

/**
 * Starts to listen.
 * @returns the URL of the GraphQL endpoint
 * @throws ConfigError when the port is taken or not ours to take
 */
export async function listenOn(http: FastifyInstance, options: ListenOptions): Promise<string> {
  try {
    await http.listen({ host: options.host, port: options.port });
  } catch (error) {
    await http.close();
    const { code } = error as NodeJS.ErrnoException;
    const variable = `${options.name.toUpperCase().replaceAll('-', '_')}_PORT`;
    if (code === 'EADDRINUSE') {
      throw new ConfigError(
        `${options.name}: port ${options.port} of ${options.host} is taken by another process. Stop that one, or choose another port with ${variable}.`,
      );
    }
    throw new ConfigError(
      `${options.name}: cannot listen on ${options.host}:${options.port}: ${(error as Error).message}`,
      { cause: error },
    );
  }
  const { port } = http.server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return `http://${host}:${port}/graphql`;
}
