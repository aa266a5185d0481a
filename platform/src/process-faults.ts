import type { Logger } from './log.ts';

let unhandledRejections = 0;

/** How many promises were rejected so far that nobody waited for. */
export function countUnhandledRejections(): number {
  return unhandledRejections;
}

/**
 * The policy for what nobody caught. A rejected promise is logged and counted: nothing was interrupted. After an
 * exception nobody knows what was left half done: it is logged, and the process has to stop.
 */
export function watchFaults(log: Logger, onException: () => void): void {
  process.on('unhandledRejection', (reason) => {
    unhandledRejections += 1;
    log.error({ err: reason }, 'a promise was rejected and nobody waited for it');
  });
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'an exception was not caught: stopping');
    onException();
  });
}
