import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { settleWithin } from './settle-within.ts';
import type { ExportSettings, FinishedSpan, SpanExporter, TellProblem } from './tracing.ts';

/** What the thread is told. */
export interface SpanRequest {
  readonly spans: readonly FinishedSpan[];
  /** Whether it is to send everything and end. */
  readonly isLast: boolean;
}

/** What the thread says: that it can begin, that it has taken what it was sent, or what went wrong. */
export type SpanReply = 'ready' | 'taken' | { readonly problem: string };

/** How long a span waits for others that go to the thread with it. */
const lingerMs = 1_000;
/** So many go at once: putting them into a message takes half a millisecond. */
const batchSize = 512;
/** As specified for `OTEL_BSP_MAX_QUEUE_SIZE`. */
const defaultMaxQueueSize = 2_048;
/** A thread that ended is not started again sooner. */
const restartPauseMs = 60_000;
/** Longest time it may take to load its code, on a busy machine. */
const maxStartMs = 10_000;
/** A collector that does not answer must not keep a process from stopping. */
const stopTimeoutMs = 3_500;
/** V8 would let the young generation of a thread grow as large as that of the process. */
const maxYoungGenerationMegabytes = 16;

/**
 * Exports spans from a thread of its own. Requests only put them into a list, which goes to the thread as a whole a few
 * times a second.
 * @returns undefined where threads cannot run our code: TypeScript sources on a Node that does not read them
 */
export function exportInThread(
  settings: ExportSettings,
  tell: TellProblem,
): SpanExporter | undefined {
  const script = findScript();
  return script && new SpanThread(script, settings, tell);
}

class SpanThread implements SpanExporter {
  readonly #script: URL;
  readonly #settings: ExportSettings;
  readonly #tell: TellProblem;
  readonly #maxQueueSize = Number(process.env['OTEL_BSP_MAX_QUEUE_SIZE']) || defaultMaxQueueSize;
  #worker: Worker | undefined;
  #whenReady: Promise<void> = Promise.resolve();
  #waiting: FinishedSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Whether the thread has not yet taken what it was sent: one that is behind gets no more. */
  #isBehind = false;
  #hasWork = false;
  #isStopping = false;
  #startsAgainAtMs = 0;

  constructor(script: URL, settings: ExportSettings, tell: TellProblem) {
    this.#script = script;
    this.#settings = settings;
    this.#tell = tell;
    // Now, and not under load with the first spans.
    this.#worker = this.#start();
  }

  record(span: FinishedSpan): void {
    if (this.#waiting.length >= this.#maxQueueSize) {
      this.#tell(`more than ${this.#maxQueueSize} spans are waiting; those that come are dropped`);
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= batchSize) this.#send(false);
    else this.#linger();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isStopping = true;
    const worker = this.#worker;
    if (!worker) return;
    if (this.#hasWork || this.#waiting.length > 0) {
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      await settleWithin(maxStartMs, Promise.race([this.#whenReady, ended]));
      this.#isBehind = false;
      this.#send(true);
      await settleWithin(stopTimeoutMs, ended);
    }
    await worker.terminate();
  }

  #linger(): void {
    this.#timer ??= setTimeout(() => this.#send(false), lingerMs).unref();
  }

  #send(isLast: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isBehind || (this.#waiting.length === 0 && !isLast)) return;
    this.#worker ??= this.#startAgain();
    if (!this.#worker) return;
    const request: SpanRequest = { spans: this.#waiting, isLast };
    this.#waiting = [];
    this.#isBehind = true;
    this.#hasWork = true;
    this.#worker.postMessage(request);
  }

  #start(): Worker {
    // Loaders of the main thread, such as one for TypeScript, are none of its business.
    const worker = new Worker(this.#script, {
      workerData: this.#settings,
      env: { ...process.env },
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: maxYoungGenerationMegabytes },
    });
    worker.unref();
    this.#whenReady = new Promise((resolve) => {
      worker.on('message', (reply: SpanReply) => {
        if (reply === 'ready') resolve();
        else if (reply === 'taken') this.#taken();
        else this.#tell(reply.problem);
      });
    });
    worker.on('error', ({ message }) => this.#tell(message));
    worker.on('exit', () => {
      if (this.#worker !== worker || this.#isStopping) return;
      this.#tell('the thread that sends spans has ended');
      this.#worker = undefined;
      this.#isBehind = false;
      this.#startsAgainAtMs = performance.now() + restartPauseMs;
    });
    return worker;
  }

  #startAgain(): Worker | undefined {
    return performance.now() < this.#startsAgainAtMs ? undefined : this.#start();
  }

  #taken(): void {
    this.#isBehind = false;
    if (this.#waiting.length >= batchSize) this.#send(false);
    else if (this.#waiting.length > 0) this.#linger();
  }
}

/** The thread's script: beside this file once built; from sources, the built one if there is one. */
function findScript(): URL | undefined {
  const script = new URL('./span-worker.js', import.meta.url.replace('/src/', '/dist/'));
  return existsSync(fileURLToPath(script)) ? script : undefined;
}
