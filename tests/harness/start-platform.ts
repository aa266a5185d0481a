import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The whole platform as `npm start` runs it: database, seven services and the gateway, each a process of its own. */
export interface Platform {
  /** The gateway's address, without a path. */
  readonly url: string;
  /** Asks the gateway over HTTP. */
  ask(request: PlatformRequest | string): Promise<PlatformAnswer>;
  /** Ends a service as a crash would: SIGKILL, and it is not started again. */
  kill(service: string): Promise<void>;
  /** Ends the embedded database server as a crash would. @returns its process */
  killDatabase(): Promise<number>;
  /** Ctrl-C. Resolves to the exit code when the launcher has ended. */
  stop(): Promise<number | null>;
  /** Ids of the processes that the launcher has started and that live. */
  processes(): readonly number[];
}

export interface PlatformRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PlatformAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape
  readonly data: any;
  readonly errors: readonly PlatformError[] | undefined;
}

export interface PlatformError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string };
}

const root = join(import.meta.dirname, '../..');

/**
 * Starts it on free ports with data of its own; the first start loads the seeds.
 * @throws Error with everything it printed when it does not come up
 */
export async function startPlatform(): Promise<Platform> {
  const home = mkdtempSync(join(tmpdir(), 'trellis platform '));
  const child = spawn(
    process.execPath,
    ['launch/start.js', 'start', '--ports', 'free', '--no-restart'],
    {
      cwd: root,
      env: { ...process.env, TRELLIS_HOME: home, NODE_ENV: 'development', DATABASE_URL: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  try {
    const url = await readAddress(child, ended);
    return {
      url,
      ask: (request) => ask(url, typeof request === 'string' ? { query: request } : request),
      kill: (service) => killService(child, service),
      killDatabase: () => killDatabase(home),
      processes: () => listProcesses(child.pid ?? 0).map(({ pid }) => pid),
      stop: async () => {
        child.kill('SIGINT');
        const code = await ended;
        rmSync(home, { recursive: true, force: true });
        return code;
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

/** Reads what the launcher prints until it names the gateway's address as the last thing to become ready. */
function readAddress(child: ChildProcess, ended: Promise<number | null>): Promise<string> {
  let printed = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const address = /^ *gateway +ready +(http:\/\/[^/\s]+)/m.exec(printed)?.[1];
      if (address !== undefined && printed.includes('Ctrl-C stops everything')) resolve(address);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void ended.then((code) => reject(new Error(`the platform ended with ${code}:\n${printed}`)));
  });
}

async function ask(url: string, request: PlatformRequest): Promise<PlatformAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...request.headers },
    body: JSON.stringify({ query: request.query, variables: request.variables }),
  });
  const body = (await response.json()) as Omit<PlatformAnswer, 'status'>;
  return { status: response.status, data: body.data, errors: body.errors };
}

async function killService(launcher: ChildProcess, service: string): Promise<void> {
  const victim = listProcesses(launcher.pid ?? 0).find(({ command }) =>
    command.includes(join('subgraphs', service, 'dist')),
  );
  if (!victim) throw new Error(`${service} does not run`);
  await killHard(victim.pid);
}

async function killDatabase(home: string): Promise<number> {
  const port = readFileSync(join(home, 'database', 'port'), 'utf8').trim();
  const all = execFileSync('ps', ['-ax', '-o', 'pid=,command='], { encoding: 'utf8' });
  const line = all.split('\n').find((each) => each.includes(`-c port=${port} `));
  const pid = Number.parseInt(line ?? '', 10);
  if (Number.isNaN(pid)) throw new Error('the database does not run');
  await killHard(pid);
  return pid;
}

async function killHard(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** @returns whether a process of that id exists and is no zombie */
export function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return !state.startsWith('Z');
  } catch {
    return false;
  }
}

function listProcesses(parent: number): readonly { pid: number; command: string }[] {
  const all = execFileSync('ps', ['-ax', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' });
  return all.split('\n').flatMap((line) => {
    const [, pid, ppid, command] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return Number(ppid) === parent && command !== undefined ? [{ pid: Number(pid), command }] : [];
  });
}
