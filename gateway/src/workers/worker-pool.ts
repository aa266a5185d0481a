import type { Logger } from '@trellis/platform/log';
import { createBackoff } from './backoff.ts';
import { forkWorker, type WorkerEnd, type WorkerProcess } from './worker.ts';

/** What the settings say of the workers; read again for each reload. */
export interface WorkerSettings {
  readonly count: number;
  readonly maxStallMs: number;
}

const watchMs = 250;
/** A worker that was asked to stop is killed so long after its own grace period. */
const killMarginMs = 2_000;

/** The workers that run: starts them, starts again what dies or is silent, and tells each how many there are. */
export class WorkerPool {
  settings: WorkerSettings;
  readonly #log: Logger;
  readonly #graceMs: number;
  readonly #workers = new Set<WorkerProcess>();
  /** Workers whose end is no accident. */
  readonly #expected = new Set<WorkerProcess>();
  readonly #backoff = createBackoff();
  readonly #watch: NodeJS.Timeout;
  #restarts = 0;
  #isStarted = false;
  #isStopping = false;

  constructor(settings: WorkerSettings, log: Logger, graceMs: number) {
    this.settings = settings;
    this.#log = log;
    this.#graceMs = graceMs;
    this.#watch = setInterval(() => this.#killSilent(), watchMs);
    process.once('exit', this.#killAll);
  }

  get workers(): readonly WorkerProcess[] {
    return [...this.#workers];
  }

  /** From now on workers that end are started again, and readiness may say yes. */
  markStarted(): void {
    this.#isStarted = true;
    this.#broadcast();
  }

  start(slot: number): WorkerProcess {
    const worker = forkWorker(slot);
    this.#workers.add(worker);
    void worker.ready.then(() => this.#broadcast());
    void worker.ended.then((end) => this.#replace(worker, end));
    return worker;
  }

  /** Starts a worker that is given up when it does not get ready. @returns nothing then */
  async tryStart(slot: number): Promise<WorkerProcess | undefined> {
    const worker = this.start(slot);
    this.#expected.add(worker);
    if ((await worker.ready) === undefined) return undefined;
    this.#expected.delete(worker);
    return worker;
  }

  /** Lets a worker finish what it does, for as long as its grace period lasts. */
  async retire(worker: WorkerProcess): Promise<void> {
    this.#expected.add(worker);
    worker.stop();
    const timer = setTimeout(() => worker.kill(), this.#graceMs + killMarginMs);
    await worker.ended;
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.workers.map((worker) => this.retire(worker)));
    clearInterval(this.#watch);
    process.off('exit', this.#killAll);
  }

  /** Who ends the supervisor at once, by a second signal or because its time is over, wants none of them to go on. */
  readonly #killAll = (): void => {
    for (const worker of this.#workers) worker.kill();
  };

  #replace(worker: WorkerProcess, { status, signal, livedMs }: WorkerEnd): void {
    this.#workers.delete(worker);
    const isExpected = this.#expected.delete(worker);
    this.#broadcast();
    if (isExpected || this.#isStopping || !this.#isStarted) return;
    const delayMs = this.#backoff.next(livedMs);
    this.#restarts += 1;
    this.#log.error({ pid: worker.pid, status, signal, delayMs }, 'worker ended, starting another');
    setTimeout(() => {
      if (!this.#isStopping) this.start(worker.slot);
    }, delayMs);
  }

  #killSilent(): void {
    for (const worker of this.#workers) {
      const silentMs = Math.round(worker.silentMs());
      if (worker.isEnding() || silentMs < this.settings.maxStallMs) continue;
      this.#log.error({ pid: worker.pid, silentMs }, 'worker is stuck, killing it');
      worker.kill();
    }
  }

  #broadcast(): void {
    const { workers } = this;
    const ready = workers.filter((worker) => worker.isReady()).length;
    for (const worker of workers) {
      worker.tell({
        trellis: 'workers',
        count: this.settings.count,
        ready,
        restarts: this.#restarts,
        isStarted: this.#isStarted,
      });
    }
  }
}
