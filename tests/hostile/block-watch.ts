import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The longest piece of work in which a process did nothing else, as its event loop saw it. */
export interface Block {
  /**
   * Processor time of the main thread, in milliseconds: what others wait on an idle machine. A machine that is busy with
   * other things adds to the wait, but not to this.
   */
  readonly cpuMs: number;
  /** From one look at the event loop to the next, in milliseconds. */
  readonly wallMs: number;
}

/** Watches the event loop of a child process from within. */
export interface BlockWatch {
  /** The environment that loads it. The child needs a channel (`ipc`). */
  readonly env: Readonly<Record<string, string>>;
  /** The longest block since the last call. @throws Error when the process has ended */
  take(child: ChildProcess): Promise<Block>;
  /** Removes its file. */
  remove(): void;
}

/**
 * Looks every millisecond how much processor time the main thread has had (Linux tells it for each thread, without the
 * time it waited for a processor). Elsewhere the clock has to do.
 */
const source = `
import { openSync, readSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
function openStatistics() {
  try { return openSync('/proc/thread-self/schedstat', 'r'); } catch { return undefined; }
}
if (isMainThread && process.send) {
  const file = openStatistics();
  const buffer = Buffer.alloc(64);
  const readCpuMs = () => file === undefined ? performance.now()
    : Number(buffer.latin1Slice(0, readSync(file, buffer, 0, 64, 0)).split(' ')[0]) / 1e6;
  let cpu = readCpuMs(), wall = performance.now(), worst = { cpuMs: 0, wallMs: 0 };
  const look = () => {
    const cpuNow = readCpuMs(), wallNow = performance.now();
    worst = { cpuMs: Math.max(worst.cpuMs, cpuNow - cpu), wallMs: Math.max(worst.wallMs, wallNow - wall) };
    cpu = cpuNow; wall = wallNow;
  };
  setInterval(look, 1).unref();
  process.on('message', (message) => {
    if (message !== 'take block') return;
    look();
    process.send({ block: worst });
    worst = { cpuMs: 0, wallMs: 0 };
  });
  process.channel.unref();
}`;

export function makeBlockWatch(): BlockWatch {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-block-watch-'));
  const module = join(folder, 'block-watch.mjs');
  writeFileSync(module, source);
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(module).href}` },
    take: (child) =>
      new Promise((resolve, reject) => {
        const end = (): void => reject(new Error('the process ended'));
        child.once('exit', end);
        child.once('message', (message) => {
          child.off('exit', end);
          resolve((message as { readonly block: Block }).block);
        });
        child.send('take block', (error) => {
          if (error) reject(error);
        });
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
