import { setTimeout as delay } from 'node:timers/promises';
import type { Child, ChildEnd } from './child.ts';

/** A process that is kept running. */
export interface Supervised {
  readonly name: string;
  /** Resolves when it first answers; rejects with what it said last when it ends, or says nothing, before. */
  readonly ready: Promise<void>;
  /** Ends it, and does not start it again. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

export interface SuperviseOptions {
  readonly name: string;
  readonly start: () => Child;
  readonly checkReady: () => Promise<boolean>;
  readonly restarts: boolean;
  /** Tells the person at the terminal what happened to it after it was ready. */
  readonly report: (text: string) => void;
  /** First pause before a start after an end; doubled each time, up to 30 times as long. */
  readonly backoffMs?: number;
  readonly startTimeoutMs?: number;
  readonly stopTimeoutMs?: number;
}

/** Eight processes are asked that often while they need the processors to start. */
const pollMs = 100;
/** A process that ran this long has recovered: its next end is a first one. */
const recoveredMs = 30_000;

/** Starts a process and keeps it running until it is stopped. */
export function supervise(options: SuperviseOptions): Supervised {
  const { name, startTimeoutMs = 120_000, stopTimeoutMs = 25_000 } = options;
  const stopping = new AbortController();
  let child = options.start();

  const ready = (async () => {
    await waitUntilReady(child, options.checkReady, startTimeoutMs);
    if (!stopping.signal.aborted) void keepRunning();
  })();
  // Whoever started several waits for them in turn.
  ready.catch(() => {});

  async function keepRunning(): Promise<void> {
    let backoffMs = options.backoffMs ?? 1_000;
    const longestMs = backoffMs * 30;
    for (;;) {
      const readyAt = performance.now();
      const end = await child.ended;
      if (stopping.signal.aborted) return;
      if (!options.restarts) return options.report(`${describeEnd(end)}; it is not started again`);
      if (performance.now() - readyAt > recoveredMs) backoffMs = options.backoffMs ?? 1_000;
      options.report(`${describeEnd(end)}; starting it again in ${backoffMs / 1_000} s`);
      await delay(backoffMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      backoffMs = Math.min(backoffMs * 2, longestMs);
      child = options.start();
      await reportReady(child);
    }
  }

  async function reportReady(current: Child): Promise<void> {
    try {
      await waitUntilReady(current, options.checkReady, startTimeoutMs);
      if (!stopping.signal.aborted) options.report('is ready again');
    } catch {
      // It ended: the loop tells so. Or it is slow: then it may still come.
    }
  }

  return {
    name,
    ready,
    stop: async () => {
      stopping.abort();
      child.send('SIGTERM');
      const timer = setTimeout(() => child.send('SIGKILL'), stopTimeoutMs);
      await child.ended;
      clearTimeout(timer);
    },
    kill: () => {
      stopping.abort();
      child.send('SIGKILL');
    },
  };
}

/** @throws Error when it ends first, or takes too long */
async function waitUntilReady(
  child: Child,
  checkReady: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  // Not before our own process runs: another one's answer at that port would mean nothing.
  while (!child.hasEnded()) {
    if (await checkReady()) {
      if (child.hasEnded()) break;
      return;
    }
    if (performance.now() > end) throw new Error(`it is not ready after ${timeoutMs / 1_000} s`);
    await delay(pollMs);
  }
  throw new Error(describeEnd(await child.ended));
}

function describeEnd({ code, signal }: ChildEnd): string {
  return signal === null ? `ended with status ${code}` : `was ended by ${signal}`;
}
