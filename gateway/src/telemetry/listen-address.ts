import type { TelemetryOptions } from './options.ts';

/**
 * Where metrics are to be read: `TELEMETRY_PORT` and `TELEMETRY_HOST` go before the settings.
 * @returns undefined when nothing is to be opened
 * @throws Error when the variable is no port
 */
export function readListenAddress(
  { listen }: TelemetryOptions,
  env: NodeJS.ProcessEnv,
): { readonly host: string; readonly port: number } | undefined {
  const port = readPort(env['TELEMETRY_PORT']) ?? listen.port;
  return port === undefined ? undefined : { host: env['TELEMETRY_HOST'] || listen.host, port };
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`environment: TELEMETRY_PORT is "${text}", not a port from 0 to 65535`);
}
