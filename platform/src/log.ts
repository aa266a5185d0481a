import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { LogDestination } from './log-destination.ts';

export type { Logger } from 'pino';

/**
 * Structured log on standard output, one JSON object per line, written beside the event loop and flushed at exit.
 * `LOG_LEVEL` sets the least level (default `info`). Times are ISO 8601.
 * @param name the process, such as `orders` or `gateway`
 * @param destination where the lines go instead
 */
export function createLog(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = {
    name,
    level: env['LOG_LEVEL'] ?? 'info',
    timestamp: pino.stdTimeFunctions.isoTime,
    base: { name },
    formatters: { level: (label) => ({ level: label }) },
  };
  return pino(options, destination ?? new LogDestination());
}
