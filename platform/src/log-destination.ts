import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** What a reader that does not read, or a disk that is full, may make us keep: some 50,000 lines. */
const maxWaitingCharacters = 16 * 1024 * 1024;
const retryMs = 100;
/** A full pipe may get room again while a process exits; it is not worth more. */
const maxRetriesAtExit = 5;

/** Destinations of this process that have something to write when it exits. */
const open = new Set<LogDestination>();
let isWatchingExit = false;

function flushAtExit(destination: LogDestination): void {
  open.add(destination);
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.on('exit', () => {
    for (const each of open) each.flushSync();
  });
}

/**
 * Where log lines go: a file descriptor, written beside the event loop, so that a slow reader holds nobody up. What waits
 * is written when the process exits. When nothing can be written (pipe closed, disk full) the process goes on, and says so
 * once on standard error; lines beyond 16 MB are dropped, and their number is told once something can be written again.
 * docs/decisions/0160-log-destination.md tells why it is our own.
 */
export class LogDestination implements DestinationStream {
  readonly #descriptor: number;
  #lines: string[] = [];
  #waiting = 0;
  #lost = 0;
  /** What is being written, or was when it failed. */
  #chunk: Buffer = Buffer.alloc(0);
  #isWriting = false;
  #retry: NodeJS.Timeout | undefined;
  #isTold = false;
  #isGone = false;

  constructor(descriptor = 1) {
    this.#descriptor = descriptor;
  }

  write(line: string): void {
    if (this.#isGone) return;
    if (this.#waiting + line.length > maxWaitingCharacters) {
      this.#lost += 1;
      return;
    }
    if (this.#waiting === 0) flushAtExit(this);
    this.#waiting += line.length;
    this.#lines.push(line);
    if (!this.#isWriting && !this.#retry) this.#writeNext();
  }

  /** Writes what waits, as far as that is possible now. */
  flushSync(): void {
    // What is being written at this moment is brought to its end by Node.
    const chunk = this.#isWriting ? Buffer.alloc(0) : this.#chunk;
    let rest = Buffer.concat([chunk, Buffer.from(this.#lines.join(''))]);
    if (!this.#isWriting) this.#chunk = Buffer.alloc(0);
    this.#lines = [];
    this.#waiting = this.#chunk.length;
    for (let retries = 0; rest.length > 0 && retries <= maxRetriesAtExit;) {
      try {
        rest = rest.subarray(writeSync(this.#descriptor, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        retries += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
      }
    }
  }

  #writeNext(): void {
    if (this.#chunk.length === 0) {
      if (this.#lines.length === 0) {
        this.#waiting = 0;
        open.delete(this);
        return;
      }
      this.#chunk = Buffer.from(this.#lines.join(''));
      this.#waiting = this.#chunk.length;
      this.#lines = [];
    }
    this.#isWriting = true;
    write(this.#descriptor, this.#chunk, (error, written) => {
      this.#isWriting = false;
      if (error) {
        this.#fail(error);
        return;
      }
      this.#chunk = this.#chunk.subarray(written);
      this.#tellLost();
      this.#writeNext();
    });
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (error.code !== 'EAGAIN') this.#tellOnce(error);
    if (error.code === 'EPIPE') {
      // The reader will not come back.
      this.#isGone = true;
      this.#lines = [];
      open.delete(this);
      return;
    }
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#writeNext();
    }, retryMs).unref();
  }

  #tellOnce(error: NodeJS.ErrnoException): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const reason = error.code ?? error.message;
    try {
      writeSync(2, `the log cannot be written (${reason}); going on without it\n`);
    } catch {
      // Nobody is left to tell.
    }
  }

  #tellLost(): void {
    if (this.#lost === 0) return;
    const lines = this.#lost;
    this.#lost = 0;
    const time = new Date().toISOString();
    this.#lines.push(
      `${JSON.stringify({ level: 'warn', time, lines, msg: 'log lines were lost: nobody could take them' })}\n`,
    );
  }
}
