import type { Platform } from './platform.ts';

/** A way to make one service suffer. */
export interface Disturbance {
  readonly name: 'killed' | 'stalled' | 'slowed' | 'restarted';
  /** Resolves when nothing more is done to the service; it may still need time to recover. */
  readonly inflict: (platform: Platform, service: string) => Promise<void>;
}

const stallMs = 4_000;
const slowMs = 4_000;
/** While slowed, a service runs for a tenth of the time. */
const runMs = 20;
const pauseMs = 180;

/** What happens to processes in production: they crash, hang, starve and are replaced. */
export const disturbances: readonly Disturbance[] = [
  {
    name: 'killed',
    inflict: async (platform, service) => {
      await untilGone(signal(platform, service, 'SIGKILL'));
      await untilReady(platform, service);
    },
  },
  {
    name: 'stalled',
    inflict: async (platform, service) => {
      const stop = stopProcess(platform, service);
      await pause(stallMs);
      stop.resume();
    },
  },
  {
    name: 'slowed',
    inflict: async (platform, service) => {
      const endsAt = performance.now() + slowMs;
      while (performance.now() < endsAt) {
        const stop = stopProcess(platform, service);
        await pause(pauseMs);
        stop.resume();
        await pause(runMs);
      }
    },
  },
  {
    name: 'restarted',
    inflict: async (platform, service) => {
      await untilGone(signal(platform, service, 'SIGTERM'));
      await untilReady(platform, service);
    },
  },
];

/** @returns the process it was sent to */
function signal(platform: Platform, service: string, name: NodeJS.Signals): number {
  const pid = platform.processOf(service);
  if (pid === undefined) throw new Error(`there is no process of ${service}`);
  process.kill(pid, name);
  return pid;
}

function stopProcess(platform: Platform, service: string): { resume(): void } {
  const pid = signal(platform, service, 'SIGSTOP');
  return { resume: () => process.kill(pid, 'SIGCONT') };
}

const maxRestartMs = 60_000;

/** A process that stops in order still answers for a while. */
async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await pause(20);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** @throws Error when the service is not back within a minute */
async function untilReady(platform: Platform, service: string): Promise<void> {
  const endsAt = performance.now() + maxRestartMs;
  while (!(await platform.isReady(service))) {
    if (performance.now() > endsAt) throw new Error(`${service} did not come back`);
    await pause(50);
  }
}

export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
