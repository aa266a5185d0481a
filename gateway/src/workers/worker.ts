import cluster, { type Worker } from 'node:cluster';
import { isOurs, type WorkerMessage, type WorkersState } from './messages.ts';

export interface WorkerProcess {
  /** Which of the workers it is, from 0: its successor gets the same. */
  readonly slot: number;
  readonly pid: number | undefined;
  /** Resolves with its address once it serves; with nothing when it ended before. */
  readonly ready: Promise<string | undefined>;
  /** Resolves when it has ended. */
  readonly ended: Promise<WorkerEnd>;
  readonly isReady: () => boolean;
  readonly isEnding: () => boolean;
  /** How long it has given no sign of life; 0 before it is ready. */
  readonly silentMs: () => number;
  /** Lets it finish what it does. */
  stop(): void;
  kill(): void;
  tell(state: WorkersState): void;
}

export interface WorkerEnd {
  readonly status: number | null;
  readonly signal: string | null;
  readonly livedMs: number;
}

/** Starts one worker: this same program, with the same arguments, and a listening socket that all share. */
export function forkWorker(slot: number): WorkerProcess {
  const worker: Worker = cluster.fork();
  const startedAt = performance.now();
  let heardAt = performance.now();
  let isReady = false;
  let isEnding = false;
  const ended = new Promise<WorkerEnd>((resolve) => {
    worker.process.once('exit', (status, signal) => {
      isReady = false;
      isEnding = true;
      resolve({ status, signal, livedMs: performance.now() - startedAt });
    });
  });
  const ready = new Promise<string | undefined>((resolve) => {
    void ended.then(() => resolve(undefined));
    worker.on('message', (message: unknown) => {
      heardAt = performance.now();
      if (!isOurs<WorkerMessage>(message) || message.trellis !== 'ready') return;
      isReady = true;
      resolve(message.url);
    });
  });
  return {
    slot,
    pid: worker.process.pid,
    ready,
    ended,
    isReady: () => isReady,
    isEnding: () => isEnding,
    silentMs: () => (isReady ? performance.now() - heardAt : 0),
    stop() {
      isEnding = true;
      worker.process.kill('SIGTERM');
    },
    kill() {
      isEnding = true;
      worker.process.kill('SIGKILL');
    },
    tell(state) {
      if (worker.isConnected()) worker.send(state);
    },
  };
}
