import { reportState } from '../state.ts';
import { aliveMs, isOurs, type WorkerMessage, type WorkersState } from './messages.ts';

/** A worker's side of its supervisor. */
export interface SupervisorLink {
  /** Whether all workers have been ready once: before that none of them invites traffic. */
  readonly isStarted: () => boolean;
  tellReady(url: string): void;
}

/** Gives signs of life from now on, and listens to what is told of all workers. For processes that node:cluster forked. */
export function joinSupervisor(): SupervisorLink {
  let state: WorkersState | undefined;
  const tell = (message: WorkerMessage): void => {
    if (process.connected) process.send?.(message);
  };
  process.on('message', (message: unknown) => {
    if (isOurs<WorkersState>(message)) state = message;
  });
  setInterval(() => tell({ trellis: 'alive' }), aliveMs).unref();
  reportState(() => ({
    workers: state?.count ?? 0,
    workersReady: state?.ready ?? 0,
    workerRestartsTotal: state?.restarts ?? 0,
  }));
  return {
    isStarted: () => state?.isStarted ?? false,
    tellReady: (url) => tell({ trellis: 'ready', url }),
  };
}
