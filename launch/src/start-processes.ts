import { join } from 'node:path';
import { checkReady } from './check-ready.ts';
import { openLog, startChild } from './child.ts';
import { LaunchError } from './launch-error.ts';
import { gatewayName, identityName, type PlannedProcess } from './make-plan.ts';
import { readLogLine } from './read-log-line.ts';
import { supervise, type Supervised } from './supervise.ts';
import type { Terminal } from './terminal.ts';

export interface ProcessesRequest {
  readonly root: string;
  readonly home: string;
  /** What all of them have in their environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly restarts: boolean;
  readonly isVerbose: boolean;
  readonly terminal: Terminal;
}

/** Processes that were started together. */
export interface StartedProcesses {
  /** @throws LaunchError naming the first that could not start, with what it said */
  waitUntilReady(): Promise<void>;
  /** The gateway first, so that no request meets a service that is gone; then all services at once. */
  stop(): Promise<void>;
  kill(): void;
}

const shownLevels = new Set(['warn', 'error', 'fatal']);
/** Enough for a stack trace's beginning. */
const keptWords = 5;

/** Starts all processes of a plan and keeps them running; their logs go to `home`/logs. */
export function startProcesses(
  plan: readonly PlannedProcess[],
  request: ProcessesRequest,
): StartedProcesses {
  const started = plan.map((planned) => startOne(planned, request));
  return {
    waitUntilReady: async () => {
      await Promise.all(started.map((one) => announce(one, request.terminal)));
    },
    stop: async () => {
      const gateway = started.filter(({ planned }) => planned.name === gatewayName);
      await Promise.all(gateway.map(({ supervised }) => supervised.stop()));
      await Promise.all(started.map(({ supervised }) => supervised.stop()));
    },
    kill: () => started.forEach(({ supervised }) => supervised.kill()),
  };
}

interface StartedProcess {
  readonly planned: PlannedProcess;
  readonly supervised: Supervised;
  /** What it said last that was worth saying. */
  readonly lastWords: readonly string[];
}

function startOne(planned: PlannedProcess, request: ProcessesRequest): StartedProcess {
  const { name, port } = planned;
  const { terminal } = request;
  const log = openLog(join(request.home, 'logs'), name);
  const lastWords: string[] = [];
  let isReady = false;
  const onLine = (line: string): void => {
    const { level, text } = readLogLine(line);
    const isShown = shownLevels.has(level);
    if (isShown) lastWords.push(text);
    if (lastWords.length > keptWords) lastWords.shift();
    // Why a start failed is told once, when everything has been stopped again.
    if (request.isVerbose || (isShown && (isReady || level === 'warn'))) {
      terminal.event(name, `${level}: ${text}`);
    }
  };
  const host = name === gatewayName ? readHost(request.env['HOST']) : '127.0.0.1';
  const supervised = supervise({
    name,
    start: () => startChild(planned, { cwd: request.root, env: request.env, log, onLine }),
    checkReady: () => checkReady(port, host),
    restarts: request.restarts,
    report: (text) => terminal.event(name, text),
  });
  supervised.ready.then(
    () => (isReady = true),
    () => {},
  );
  return { planned, supervised, lastWords };
}

async function announce(one: StartedProcess, terminal: Terminal): Promise<void> {
  const { name, port } = one.planned;
  try {
    await one.supervised.ready;
  } catch (error) {
    const words = one.lastWords.length > 0 ? one.lastWords : [(error as Error).message];
    throw new LaunchError(`${name} did not start: ${words.join('\n')}`, { cause: error });
  }
  const path = name === identityName ? '' : '/graphql';
  terminal.step(name, `ready  http://127.0.0.1:${port}${path}`);
}

/** Where to reach what listens there: "all addresses" is not an address. */
export function readHost(host: string | undefined): string {
  if (!host || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host;
}
