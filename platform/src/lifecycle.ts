import type { Logger } from './log.ts';
import { watchFaults } from './process-faults.ts';

/** Something that was started and must be stopped: in reverse order of starting. */
export interface Running {
  /** Resolves when nothing is left behind. */
  stop(): Promise<void>;
  /**
   * Takes over changed settings, when asked with SIGHUP.
   * @throws Error when they are refused: everything goes on as before
   */
  readonly reload?: () => Promise<void>;
}

export interface ProcessOptions {
  /** How long the process may take to stop before it is ended. Default 20 s. */
  readonly graceMs?: number;
  /**
   * Whether another process watches over this one and sends it SIGTERM. Then what a terminal sends to both (SIGINT,
   * SIGHUP) is not for us, and asking twice means nothing more.
   */
  readonly isSupervised?: boolean;
}

const defaultGraceMs = 20_000;

/**
 * Runs a process: starts it, stops it on SIGINT and SIGTERM, exits 0 when stopping went well.
 * A launcher that started it with a channel and is gone, however it ended, stops it as well.
 * A start that is under way is waited for, so that it is undone as a whole.
 * A second signal, or the end of the grace period, ends the process at once with status 1.
 * A start that fails ends the process with status 1 and one message; its stack only at log level debug.
 * SIGHUP reloads what can be reloaded, unless a terminal sends it because it is closed.
 * An exception nobody caught stops the process like a signal, with status 1: what it interrupted is unknown. A rejected
 * promise nobody waited for is logged and counted, and the process goes on: the request it belonged to has failed.
 */
export async function runProcess(
  log: Logger,
  start: () => Promise<Running>,
  { graceMs = defaultGraceMs, isSupervised = false }: ProcessOptions = {},
): Promise<void> {
  let starting: Promise<Running> | undefined;
  let isStopping = false;
  const stop = (reason: string, status: 0 | 1): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal: reason }, 'stopping');
    setTimeout(() => {
      log.error({ graceMs }, 'did not stop within the grace period');
      process.exit(1);
    }, graceMs).unref();
    void (async () => {
      try {
        await (await starting)?.stop();
        log.info('stopped');
        process.exit(status);
      } catch (error) {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      }
    })();
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping && !isSupervised) process.exit(1);
    stop(signal, 0);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', isSupervised ? () => undefined : onSignal);
  watchFaults(log, () => stop('uncaughtException', 1));
  if (process.channel) process.once('disconnect', () => stop('disconnect', 0));
  try {
    const reactToHangUps = listenForHangUps(isSupervised);
    starting = start();
    const running = await starting;
    if (isSupervised) reactToHangUps(() => undefined);
    else if (running.reload) {
      const reload = async (): Promise<void> => running.reload?.();
      reactToHangUps(createReloader(log, reload, () => isStopping));
    } else reactToHangUps(() => stop('SIGHUP', 0));
  } catch (error) {
    log.fatal((error as Error).message);
    log.debug({ err: error }, 'the cause');
    process.exit(1);
  }
}

/**
 * Listens for SIGHUP once and for all: a signal that comes while one listener takes the place of another is lost, or ends
 * the process. Whoever asks for a reload before everything has started gets it then. A terminal that is closed sends the
 * same signal: it may end the process.
 * @returns the function that says what follows
 */
function listenForHangUps(isSupervised: boolean): (reaction: () => void) => void {
  let react: (() => void) | undefined;
  let hasHungUp = false;
  const onSignal = (): void => {
    if (react) react();
    else hasHungUp = true;
  };
  if (isSupervised || !process.stdin.isTTY) process.on('SIGHUP', onSignal);
  return (reaction) => {
    react = reaction;
    if (hasHungUp) reaction();
  };
}

/** Reloads one after the other. Whoever asks several times while one runs gets one more: that reads what was written last. */
function createReloader(
  log: Logger,
  reload: () => Promise<void>,
  isStopping: () => boolean,
): () => void {
  let last = Promise.resolve();
  let isQueued = false;
  const reloadOnce = async (): Promise<void> => {
    isQueued = false;
    if (isStopping()) return;
    try {
      await reload();
      log.info('settings reloaded');
    } catch (error) {
      log.error({ reason: (error as Error).message }, 'settings refused, keeping the old ones');
    }
  };
  return () => {
    if (isQueued) return;
    isQueued = true;
    last = last.then(reloadOnce);
  };
}
