import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * Structured log on standard output, one JSON object per line.
 * `LOG_LEVEL` sets the least level (default `info`). Times are ISO 8601.
 * @param name the process, such as `orders` or `gateway`
 */
export function createLog(name: string, env: NodeJS.ProcessEnv = process.env): Logger {
  return pino({
    name,
    level: env['LOG_LEVEL'] ?? 'info',
    timestamp: pino.stdTimeFunctions.isoTime,
    base: { name },
    formatters: { level: (label) => ({ level: label }) },
  });
}
