import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gatewayMain } from '../gateway-main.ts';
import { until } from './raw-socket.ts';

export interface ProcessOptions {
  /** Text of the supergraph. */
  readonly supergraph: string;
  readonly settings?: object;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Put before the command, such as a shell that sets limits. */
  readonly wrap?: (command: readonly string[]) => readonly string[];
  /** Where its log goes instead of to us: a file descriptor. */
  readonly stdout?: number;
}

/** One line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly folder: string;
  readonly supergraphFile: string;
  readonly settingsFile: string;
  readonly lines: readonly LogLine[];
  readonly stderr: () => string;
  /** Resolves with its address once it says `ready`. @throws Error with its log when it ends before */
  readonly ready: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Waits for a line whose message begins so. */
  logged(message: string, maxMs?: number): Promise<LogLine>;
  /** Ends it in any case and removes its files. */
  dispose(): Promise<void>;
}

/** Starts a gateway in a process of its own, in production mode. */
export function startGatewayProcess(options: ProcessOptions): GatewayProcess {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-process-'));
  const supergraphFile = join(folder, 'supergraph.graphql');
  const settingsFile = join(folder, 'gateway.yaml');
  writeFileSync(supergraphFile, options.supergraph);
  writeSettings(settingsFile, options.settings);
  const flags = ['--supergraph', supergraphFile, '--config', settingsFile];
  const plain = [process.execPath, gatewayMain, ...flags, '--port', '0', ...(options.flags ?? [])];
  const [command = '', ...args] = options.wrap?.(plain) ?? plain;
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...options.env },
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
  });
  return watch(child, { folder, supergraphFile, settingsFile });
}

/**
 * Writes settings as tests need them. On a machine that runs all tests at once every process is late, and so is the
 * subgraph, which runs beside the test: only tests of overload and of deadlines look at it.
 */
export function writeSettings(file: string, settings: object = {}): void {
  const patient = {
    overload: { maxEventLoopDelayMs: 0 },
    subgraphs: { all: { timeoutMs: 40_000 } },
  };
  writeFileSync(file, JSON.stringify({ ...patient, ...settings }));
}

interface Files {
  readonly folder: string;
  readonly supergraphFile: string;
  readonly settingsFile: string;
}

function watch(child: ChildProcess, files: Files): GatewayProcess {
  const lines: LogLine[] = [];
  let stderr = '';
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(readLine(line)));
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));

  async function logged(message: string, maxMs = 45_000): Promise<LogLine> {
    const find = (): LogLine | undefined => lines.find(({ msg }) => msg?.startsWith(message));
    await until(`"${message}" in the log`, () => find() !== undefined || hasEnded, maxMs);
    const line = find();
    if (!line) throw new Error(`it ended: ${JSON.stringify(lines)} ${stderr}`);
    return line;
  }
  const ready = logged('ready').then(({ url }) => String(url).replace(/\/graphql$/, ''));
  ready.catch(() => undefined);
  return {
    child,
    pid: child.pid ?? 0,
    ...files,
    lines,
    stderr: () => stderr,
    ready,
    ended,
    logged,
    async dispose() {
      if (!hasEnded) child.kill('SIGKILL');
      await ended;
      rmSync(files.folder, { recursive: true, force: true });
    },
  };
}

function readLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}
