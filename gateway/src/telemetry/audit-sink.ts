import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Lines that wait for a sink that cannot be written. */
const maxWaitingLines = 10_000;

interface Waiting {
  readonly line: string;
  readonly settle: ((error?: Error) => void) | undefined;
}

/** A file that lines are appended to, opened anew for each batch: it may be moved away at any time. */
export interface AuditSink {
  /** Tells at once, and not with the first line, when it cannot be written. */
  check(): Promise<void>;
  /** Writes a line with the next batch. It is kept when it cannot be written, up to 10,000 of them. */
  append(line: string): void;
  /** The same, and waits until the line is on the disk. @throws Error when it is not: then it will not be written later */
  appendNow(line: string): Promise<void>;
  /** Tries once more to write what is left. @returns how many lines are lost */
  stop(): Promise<number>;
}

export interface AuditSinkOptions {
  readonly path: string;
  /** Told of each failure, and of each line that did not fit. */
  readonly onProblem: (reason: string) => void;
  readonly retryMs?: number;
}

export function openAuditSink({ path, onProblem, retryMs = 1_000 }: AuditSinkOptions): AuditSink {
  let waiting: Waiting[] = [];
  let isHalfWritten = false;
  let running: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let lost = 0;

  async function writeBatch(batch: readonly Waiting[]): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'a', 0o600);
    try {
      // A disk that was full may have taken a part of the last batch: no line continues another.
      const text = (isHalfWritten ? '\n' : '') + batch.map(({ line }) => line).join('');
      const bytes = Buffer.from(text);
      isHalfWritten = true;
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length) throw new Error('the disk is full');
      isHalfWritten = false;
      if (batch.some(({ settle }) => settle)) await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await writeBatch(batch);
        for (const { settle } of batch) settle?.();
      } catch (error) {
        onProblem((error as Error).message);
        for (const { settle } of batch) settle?.(error as Error);
        keep(batch.filter(({ settle }) => !settle));
        retry ??= setTimeout(() => {
          retry = undefined;
          start();
        }, retryMs).unref();
        return;
      }
    }
  }

  function keep(batch: readonly Waiting[]): void {
    waiting = [...batch, ...waiting];
    const tooMany = waiting.length - maxWaitingLines;
    if (tooMany <= 0) return;
    lost += tooMany;
    waiting = waiting.slice(tooMany);
  }

  function start(): void {
    running ??= run().finally(() => (running = undefined));
  }

  return {
    async check() {
      try {
        await mkdir(dirname(path), { recursive: true });
        await (await open(path, 'a', 0o600)).close();
      } catch (error) {
        onProblem((error as Error).message);
      }
    },
    append(line) {
      keep([]);
      waiting.push({ line, settle: undefined });
      // While a retry is due, lines only wait.
      if (!retry) start();
    },
    appendNow(line) {
      return new Promise((resolve, reject) => {
        waiting.push({ line, settle: (error) => (error ? reject(error) : resolve()) });
        start();
      });
    },
    async stop() {
      clearTimeout(retry);
      await running;
      start();
      await running;
      clearTimeout(retry);
      return lost + waiting.length;
    },
  };
}
