import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkConfig, readConfigFile } from '@trellis/platform/read-config';
import { z } from 'zod';
import { authenticationOptions } from './authentication/options.ts';
import { placeKeys } from './authentication/place-keys.ts';
import { authorizationOptions } from './authorization/options.ts';
import { engineSettings } from './execution/options.ts';
import { httpOptions } from './http/options.ts';
import { operationOptions } from './operation/options.ts';
import { overloadOptions } from './overload/options.ts';
import { rateLimitOptions } from './rate-limits/options.ts';
import { supergraphOptions } from './supergraph/options.ts';
import { telemetryOptions } from './telemetry/options.ts';
import { subgraphsOptions } from './transport/options.ts';
import { placeSubgraphFiles } from './transport/place-files.ts';
import { listenOptions } from './use/options.ts';
import { workersOptions } from './workers/options.ts';

/** Every setting of the gateway. Each part keeps its own beside its code; unknown names are refused. */
export const configSchema = z.strictObject({
  supergraph: supergraphOptions,
  listen: listenOptions,
  server: z
    .enum(['trellis', 'apollo'])
    .default('trellis')
    .describe('What answers HTTP: our own listener, or Apollo Server with its plugins on Fastify.'),
  engine: z
    .enum(['trellis', 'apollo'])
    .default('trellis')
    .describe('What plans and executes: our compiled engine, or stock @apollo/gateway.'),
  http: httpOptions,
  authentication: authenticationOptions,
  authorization: authorizationOptions,
  operation: operationOptions,
  rateLimits: rateLimitOptions,
  execution: engineSettings,
  subgraphs: subgraphsOptions,
  telemetry: telemetryOptions,
  overload: overloadOptions,
  workers: workersOptions,
});

export type GatewayConfig = z.output<typeof configSchema>;

/** What flags and environment say; it goes before the file. */
export interface ConfigOverrides {
  readonly supergraph?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly workers?: string | undefined;
}

/** Read when it is there and --config names no other. */
export const defaultConfigFile = 'gateway.yaml';

/**
 * Reads the settings: defaults, then the file, then flags and environment.
 * @param file what --config names; a named file must exist
 * @throws ConfigError one line per problem, saying where, what came and what is allowed
 */
export function readGatewayConfig(
  file: string | undefined,
  overrides: ConfigOverrides = {},
): GatewayConfig {
  const path = file ?? (existsSync(defaultConfigFile) ? defaultConfigFile : undefined);
  const config = path === undefined ? configSchema.parse({}) : readNamedFile(path);
  const { supergraph, host, port, workers } = overrides;
  return {
    ...config,
    workers:
      workers === undefined
        ? config.workers
        : checkConfig(
            workersOptions,
            { ...config.workers, count: readNumber(workers) },
            'flags and environment',
          ),
    supergraph: supergraph === undefined ? config.supergraph : nameSource(config, supergraph),
    listen: checkConfig(
      listenOptions,
      {
        ...config.listen,
        ...(host === undefined ? {} : { host }),
        ...(port === undefined ? {} : { port: readNumber(port) }),
      },
      'flags and environment',
    ),
  };
}

/** What is no number stays as it is, for the message that says so. */
function readNumber(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** Files are found from the one that names them. */
function readNamedFile(path: string): GatewayConfig {
  const config = readConfigFile(configSchema, path);
  const from = <Path extends string | undefined>(file: Path): Path =>
    (file === undefined ? file : resolve(dirname(path), file)) as Path;
  const { authentication, authorization, http, operation, supergraph, telemetry } = config;
  const { safelist } = operation;
  return {
    ...config,
    authentication: placeKeys(authentication, from),
    authorization: { ...authorization, permissions: from(authorization.permissions) },
    http: { ...http, samples: from(http.samples) },
    subgraphs: placeSubgraphFiles(config.subgraphs, from),
    supergraph: { ...supergraph, lastGoodFile: from(supergraph.lastGoodFile) },
    telemetry: {
      ...telemetry,
      usage: { ...telemetry.usage, path: from(telemetry.usage.path) },
      audit: { ...telemetry.audit, path: from(telemetry.audit.path) },
    },
    operation: {
      ...operation,
      safelist: {
        ...safelist,
        manifest: /^https?:/.test(safelist.manifest ?? '')
          ? safelist.manifest
          : from(safelist.manifest),
        lastGoodFile: from(safelist.lastGoodFile),
      },
    },
  };
}

function nameSource({ supergraph }: GatewayConfig, named: string): GatewayConfig['supergraph'] {
  if (/^https?:\/\//.test(named)) return { ...supergraph, url: named };
  const { url: _replaced, ...rest } = supergraph;
  return { ...rest, file: named };
}
