import cluster from 'node:cluster';
import type { Running } from '@trellis/platform/lifecycle';
import type { Logger } from '@trellis/platform/log';
import { WorkerPool, type WorkerSettings } from './worker-pool.ts';

export interface SuperviseOptions {
  /** @throws Error with one clear message when the settings are invalid */
  readonly readSettings: () => WorkerSettings;
  readonly log: Logger;
  /** How long a worker may take to stop. */
  readonly graceMs: number;
}

export interface Supervisor extends Required<Running> {
  /** Where all workers listen. */
  readonly url: string;
}

/**
 * Runs this program several times over one shared listening socket, and watches over it.
 * @returns once all workers are ready
 * @throws Error when one ends before it was ready: what is wrong would be wrong again
 */
export async function supervise(options: SuperviseOptions): Promise<Supervisor> {
  const { readSettings, log, graceMs } = options;
  // Connections are dealt out in turn: left to the system, one worker gets most of them.
  cluster.schedulingPolicy = cluster.SCHED_RR;
  const pool = new WorkerPool(readSettings(), log, graceMs);
  const slots = Array.from({ length: pool.settings.count }, (_each, slot) => slot);
  const urls = await Promise.all(slots.map((slot) => pool.start(slot).ready));
  const [url] = urls;
  if (url === undefined || urls.includes(undefined)) {
    await pool.stop();
    throw new Error('a worker ended before it was ready: its own message says why');
  }
  pool.markStarted();
  return {
    url,
    stop: () => pool.stop(),
    reload: () => replaceWorkers(pool, readSettings()),
  };
}

/** One by one, so that there are never fewer than before: the new one is ready before the old one stops. */
async function replaceWorkers(pool: WorkerPool, settings: WorkerSettings): Promise<void> {
  const old = pool.workers;
  pool.settings = settings;
  for (let slot = 0; slot < settings.count; slot += 1) {
    if (!(await pool.tryStart(slot))) {
      throw new Error('a worker with the new settings ended before it was ready');
    }
    await Promise.all(
      old.filter((worker) => worker.slot === slot).map((worker) => pool.retire(worker)),
    );
  }
  const surplus = old.filter(({ slot }) => slot >= settings.count);
  await Promise.all(surplus.map((worker) => pool.retire(worker)));
}
