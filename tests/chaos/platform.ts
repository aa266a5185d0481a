import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The real platform, as `npm start` starts it: every service and the gateway in a process of its own. */
export interface Platform {
  /** Where clients ask. */
  readonly url: string;
  /** Names of all services; the gateway is not among them. */
  readonly services: readonly string[];
  /** The process that runs a service now; undefined while there is none. */
  processOf(service: string): number | undefined;
  /** Asks a service itself whether it is ready. */
  isReady(service: string): Promise<boolean>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '../../..');
const startTimeoutMs = 180_000;

/** @throws Error with what the launcher said, when not everything is ready in three minutes */
export async function startPlatform(): Promise<Platform> {
  const home = join(root, '.trellis', 'chaos');
  mkdirSync(home, { recursive: true });
  const launcher = spawn(process.execPath, ['launch/start.js', 'start', '--ports', 'free'], {
    cwd: root,
    // Not production: there the tables are not filled with sample data, and nothing could be compared.
    env: { ...process.env, TRELLIS_HOME: home, NODE_ENV: 'development' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  const urls = new Map<string, string>();
  const ended = new Promise<void>((resolve) => launcher.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const fail = (): void => reject(new Error(`the platform did not start:\n${said.join('\n')}`));
    const timer = setTimeout(fail, startTimeoutMs);
    void ended.then(fail);
    const read = (line: string): void => {
      said.push(line);
      const [, name, url] = /(\S+)\s+ready\s+(http:\S+)/.exec(line) ?? [];
      if (name !== undefined && url !== undefined) urls.set(name, url);
      // Said once, after everything is ready.
      if (!line.startsWith('Ready in ')) return;
      clearTimeout(timer);
      resolve();
    };
    for (const output of [launcher.stdout, launcher.stderr]) {
      createInterface({ input: output }).on('line', read);
    }
  });
  const services = [...urls.keys()].filter((name) => name !== 'gateway');
  return {
    url: urls.get('gateway') ?? '',
    services,
    processOf: (service) => findProcess(launcher.pid ?? 0, service),
    isReady: (service) => isReady(urls.get(service) ?? ''),
    async stop() {
      launcher.kill('SIGTERM');
      await ended;
    },
  };
}

/** The launcher's child that runs this service's program. */
function findProcess(launcher: number, service: string): number | undefined {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  for (const line of list.split('\n')) {
    const [pid, parent, ...command] = line.trim().split(/\s+/);
    const isChild = Number(parent) === launcher;
    if (isChild && command.join(' ').includes(join('subgraphs', service, 'dist')))
      return Number(pid);
  }
  return undefined;
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/health/ready', url), {
      signal: AbortSignal.timeout(500),
    });
    return response.ok;
  } catch {
    return false;
  }
}
