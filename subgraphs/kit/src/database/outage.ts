import type { Logger } from '@trellis/platform/log';

/** Tells a database that is away from a fault inside, and of the outage once, however many requests it costs. */
export interface Outage {
  /**
   * Looks whether an error says that the database cannot be reached, and counts it then.
   * @returns whether it does
   */
  note(error: unknown): boolean;
  stop(): void;
}

export interface OutageOptions {
  readonly log: Logger;
  /** Rejects while the database does not answer. */
  readonly probe: () => Promise<unknown>;
}

const probeIntervalMs = 500;

/** SQLSTATE 08 (connection exceptions), 53300 (too many connections), 57P01 to 57P03 (stops, crashed, starts), and what sockets say. */
const lostCode =
  /^(08\w{3}|53300|57P0[1-3]|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** What node-postgres says without a code. */
const lostMessage =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/;

/** Whether the database could not be reached, or left in the middle of an answer. */
export function isDatabaseLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return lostCode.test(code);
  if (error instanceof AggregateError) return error.errors.some(isDatabaseLost);
  return lostMessage.test(error.message);
}

/**
 * The first error of an outage is logged with its cause. From then on the database is asked twice a second, and its
 * return is logged with how long it was away and how many errors that made.
 */
export function createOutage({ log, probe }: OutageOptions): Outage {
  let begunAtMs: number | undefined;
  let errors = 0;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      await probe();
    } catch {
      if (begunAtMs !== undefined) wait();
      return;
    }
    if (begunAtMs === undefined) return;
    const lostMs = Math.round(performance.now() - begunAtMs);
    begunAtMs = undefined;
    log.info({ lostMs, errors }, 'the database answers again');
  }

  function wait(): void {
    timer = setTimeout(() => void look(), probeIntervalMs).unref();
  }

  return {
    note(error) {
      if (!isDatabaseLost(error)) return false;
      errors += 1;
      if (begunAtMs !== undefined) return true;
      begunAtMs = performance.now();
      errors = 1;
      log.error(
        { reason: (error as Error).message, code: (error as { code?: string }).code },
        'the database cannot be reached: what needs it fails until it answers again',
      );
      wait();
      return true;
    },
    stop() {
      begunAtMs = undefined;
      clearTimeout(timer);
    },
  };
}
