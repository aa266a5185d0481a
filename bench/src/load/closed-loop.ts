import { connect, type Socket } from 'node:net';
import { ResponseCounter, type CountedResponse } from './response-counter.ts';

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Runs before anything is counted, on the same connections. */
  readonly warmUpSeconds: number;
  /** The whole request as bytes; `sequence` never repeats within one run. */
  readonly request: (sequence: number) => Buffer | string;
  /** Every answer must be 200 with a body of this size; all else is an error. */
  readonly expectedBodyBytes: number;
  /** Called when counting starts and when it ends. */
  readonly onWindow: (edge: 'start' | 'end') => void;
}

export interface LoadResult {
  /** Answered rightly while the window was open. */
  readonly completed: number;
  readonly errors: number;
  readonly firstError: string | undefined;
  readonly seconds: number;
  /** Of every right answer to a request sent before the window closed, in milliseconds, ascending. */
  readonly latenciesMs: Float64Array;
}

/** Keeps each connection busy with one request after the other for the given time (a closed loop). */
export async function runClosedLoop(options: LoadOptions): Promise<LoadResult> {
  const run = new ClosedLoop(options);
  return run.result();
}

/** How long a connection may still wait for its last answer once the window has closed. */
const drainMs = 10_000;

class ClosedLoop {
  readonly #options: LoadOptions;
  readonly #latencies: number[] = [];
  readonly #readBuffer = Buffer.allocUnsafeSlow(1024 * 1024);
  readonly #open = new Set<Socket>();
  #phase: 'warming' | 'counting' | 'draining' = 'warming';
  #sequence = 0;
  #completed = 0;
  #errors = 0;
  #firstError: string | undefined;
  #drained: () => void = () => undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  async result(): Promise<LoadResult> {
    for (let index = 0; index < this.#options.connections; index += 1) this.#connect();
    await pause(this.#options.warmUpSeconds * 1000);
    this.#options.onWindow('start');
    const start = performance.now();
    this.#phase = 'counting';
    await pause(this.#options.seconds * 1000);
    this.#phase = 'draining';
    const seconds = (performance.now() - start) / 1000;
    this.#options.onWindow('end');
    await this.#drain();
    return {
      completed: this.#completed,
      errors: this.#errors,
      firstError: this.#firstError,
      seconds,
      latenciesMs: Float64Array.from(this.#latencies).sort(),
    };
  }

  #connect(): void {
    let sentAt = 0;
    const counter = new ResponseCounter((response) => {
      this.#record(response, sentAt);
      send();
    });
    // One buffer serves all connections: what is read is counted at once and never kept.
    const socket = connect({
      port: this.#options.port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: this.#readBuffer,
        callback: (length, buffer) => {
          counter.push(buffer as Buffer, length);
          return true;
        },
      },
    });
    this.#open.add(socket);
    const send = (): void => {
      if (this.#phase === 'draining') {
        socket.destroy();
        return;
      }
      sentAt = performance.now();
      socket.write(this.#options.request((this.#sequence += 1)), 'latin1');
    };
    socket.once('connect', send);
    socket.on('error', (error) => this.#fail(error.message));
    socket.once('close', () => this.#closed(socket));
  }

  #closed(socket: Socket): void {
    this.#open.delete(socket);
    if (this.#phase !== 'draining') {
      this.#fail('The gateway closed the connection.');
      // Slowly: a gateway that refuses connections must not be hammered.
      setTimeout(() => this.#phase !== 'draining' && this.#connect(), 50);
    } else if (this.#open.size === 0) {
      this.#drained();
    }
  }

  #record(response: CountedResponse, sentAt: number): void {
    const { status, bodyBytes } = response;
    if (status !== 200 || bodyBytes !== this.#options.expectedBodyBytes) {
      this.#fail(`status ${status}, body of ${bodyBytes} bytes`);
    } else if (this.#phase !== 'warming') {
      // What was sent in time but answered late has a latency too: leaving it out would flatter slow gateways.
      this.#latencies.push(performance.now() - sentAt);
      if (this.#phase === 'counting') this.#completed += 1;
    }
  }

  #fail(message: string): void {
    if (this.#phase === 'draining') return;
    this.#errors += 1;
    this.#firstError ??= message;
  }

  async #drain(): Promise<void> {
    if (this.#open.size === 0) return;
    const timer = setTimeout(() => {
      for (const socket of this.#open) socket.destroy();
    }, drainMs);
    await new Promise<void>((resolve) => (this.#drained = resolve));
    clearTimeout(timer);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
