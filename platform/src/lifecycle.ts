import type { Logger } from './log.ts';

/** Something that was started and must be stopped: in reverse order of starting. */
export interface Running {
  /** Resolves when nothing is left behind. */
  stop(): Promise<void>;
}

/** How long a process may take to stop before it is ended. */
const defaultGraceMs = 20_000;

/**
 * Runs a process: starts it, stops it on SIGINT and SIGTERM, exits 0 when stopping went well.
 * A launcher that started it with a channel and is gone, however it ended, stops it as well.
 * A start that is under way is waited for, so that it is undone as a whole.
 * A second signal, or the end of the grace period, ends the process at once with status 1.
 * A start that fails ends the process with status 1 and one message; its stack only at log level debug.
 */
export async function runProcess(
  log: Logger,
  start: () => Promise<Running>,
  graceMs = defaultGraceMs,
): Promise<void> {
  let starting: Promise<Running> | undefined;
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({ graceMs }, 'did not stop within the grace period');
      process.exit(1);
    }, graceMs).unref();
    void (async () => {
      try {
        await (await starting)?.stop();
        log.info('stopped');
        process.exit(0);
      } catch (error) {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      }
    })();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  if (process.channel) {
    process.once('disconnect', () => {
      if (!isStopping) stop('SIGTERM');
    });
  }
  try {
    starting = start();
    await starting;
  } catch (error) {
    log.fatal((error as Error).message);
    log.debug({ err: error }, 'the cause');
    process.exit(1);
  }
}
