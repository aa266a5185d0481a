import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PlannedProcess } from './make-plan.ts';

/** How a process ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that was started. */
export interface Child {
  readonly pid: number | undefined;
  /** Resolves when it is gone; never rejects. */
  readonly ended: Promise<ChildEnd>;
  hasEnded(): boolean;
  send(signal: NodeJS.Signals): void;
}

export interface ChildOptions {
  /** Where it runs: relative paths in its settings start here. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: WriteStream;
  /** Gets every line the process writes. */
  readonly onLine: (line: string) => void;
}

/**
 * Starts a process of the platform. It has its own process group, so that Ctrl-C reaches us alone and we stop
 * all in order; and a channel to us, whose end tells it that we are gone (platform/lifecycle.ts).
 */
export function startChild(planned: PlannedProcess, options: ChildOptions): Child {
  const child = spawn(process.execPath, [...planned.nodeFlags, planned.script], {
    cwd: options.cwd,
    env: { ...options.env, ...planned.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  for (const output of [child.stdout, child.stderr]) {
    if (!output) continue;
    createInterface({ input: output }).on('line', (line) => {
      options.log.write(`${line}\n`);
      options.onLine(line);
    });
  }
  const ended = waitForEnd(child, options.onLine);
  let isOver = false;
  void ended.then(() => (isOver = true));
  return {
    pid: child.pid,
    ended,
    hasEnded: () => isOver,
    send: (signal) => {
      if (!isOver) child.kill(signal);
    },
  };
}

function waitForEnd(child: ChildProcess, onLine: (line: string) => void): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      onLine(error.message);
      resolve({ code: 1, signal: null });
    });
    // Not `exit`: the last words are still in the pipes then.
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Opens the log of a process; that of the start before is kept as `<name>.log.old`. */
export function openLog(folder: string, name: string): WriteStream {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.log`);
  if (existsSync(file)) renameSync(file, `${file}.old`);
  return createWriteStream(file);
}
