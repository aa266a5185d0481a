import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Lines that wait for a sink that cannot be written. */
const maxWaitingLines = 10_000;
const retryMs = 1_000;

interface Waiting {
  readonly line: string;
  /** Absent for a line that nobody waits for. */
  readonly settle: ((error?: Error) => void) | undefined;
}

/** A file that lines are appended to, opened anew for each batch: it may be moved away at any time. */
export class AuditSink {
  readonly #path: string;
  readonly #onProblem: (reason: string) => void;
  #waiting: Waiting[] = [];
  #isHalfWritten = false;
  #running: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #lost = 0;

  /** @param onProblem told of each failure */
  constructor(path: string, onProblem: (reason: string) => void) {
    this.#path = path;
    this.#onProblem = onProblem;
  }

  /** Tells at once, and not with the first line, when it cannot be written. */
  async check(): Promise<void> {
    try {
      await (await this.#open()).close();
    } catch (error) {
      this.#onProblem((error as Error).message);
    }
  }

  /** Writes a line with the next batch. It is kept when it cannot be written, up to 10,000 of them. */
  append(line: string): void {
    this.#waiting.push({ line, settle: undefined });
    this.#dropOldest();
    // While a retry is due, lines only wait.
    if (!this.#retry) this.#start();
  }

  /** The same, and waits until the line is on the disk. @throws Error when it is not: it will not be written later */
  appendNow(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => (error ? reject(error) : resolve());
      this.#waiting.push({ line, settle });
      this.#start();
    });
  }

  /** Tries once more to write what is left. @returns how many lines are lost */
  async stop(): Promise<number> {
    clearTimeout(this.#retry);
    await this.#running;
    this.#start();
    await this.#running;
    clearTimeout(this.#retry);
    return this.#lost + this.#waiting.length;
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // A line may have come after the last look.
      const isAwaited = this.#waiting.some(({ settle }) => settle);
      if (isAwaited || (!this.#retry && this.#waiting.length > 0)) this.#start();
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(batch);
      } catch (error) {
        this.#fail(batch, error as Error);
        return;
      }
      for (const { settle } of batch) settle?.();
    }
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const handle = await this.#open();
    try {
      // A disk that was full may have taken a part of the last batch: no line continues another.
      const start = this.#isHalfWritten ? '\n' : '';
      const bytes = Buffer.from(start + batch.map(({ line }) => line).join(''));
      this.#isHalfWritten = true;
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length) throw new Error('the disk is full');
      this.#isHalfWritten = false;
      if (batch.some(({ settle }) => settle)) await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  async #open(): Promise<FileHandle> {
    await mkdir(dirname(this.#path), { recursive: true });
    return open(this.#path, 'a', 0o600);
  }

  #fail(batch: readonly Waiting[], error: Error): void {
    this.#onProblem(error.message);
    for (const { settle } of batch) settle?.(error);
    this.#waiting = [...batch.filter(({ settle }) => !settle), ...this.#waiting];
    this.#dropOldest();
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#start();
    }, retryMs).unref();
  }

  #dropOldest(): void {
    while (this.#waiting.length > maxWaitingLines) {
      const [oldest] = this.#waiting.splice(0, 1);
      oldest?.settle?.(new Error('too many lines wait'));
      this.#lost += 1;
    }
  }
}
