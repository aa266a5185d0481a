import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** A process we started. */
export interface Child {
  /** Sends a signal to the process and everything it started; nothing when it has ended. */
  signal: (signal: NodeJS.Signals) => void;
  /** Its exit code; 128 + number when a signal ended it, as shells say it; 127 when it could not start. */
  ended: Promise<number>;
}

/** What to start. */
export interface ChildCommand {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Receives what it prints, line by line; without it the process writes to our own terminal. */
  onLine?: (line: string) => void;
}

/**
 * Starts a process in a group of its own. So Ctrl-C in the terminal reaches only us, and we hand it on once:
 * a second signal would end the process at once instead of letting it finish its requests.
 */
export function startChild({ command, args, cwd, env, onLine }: ChildCommand): Child {
  const output = onLine ? 'pipe' : 'inherit';
  const child = spawn(command, args, {
    cwd,
    env,
    detached: process.platform !== 'win32',
    stdio: ['ignore', output, output],
  });
  if (onLine) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', createLineSplitter(onLine));
    }
  }
  let hasEnded = false;
  const ended = new Promise<number>((resolve) => {
    const end = (code: number): void => {
      hasEnded = true;
      resolve(code);
    };
    child.once('error', () => end(127));
    child.once('close', (code, signal) =>
      end(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0)),
    );
  });
  return {
    ended,
    signal: (signal) => {
      if (hasEnded || child.pid === undefined) return;
      try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
      } catch {
        // It ended between the check and the signal.
      }
    },
  };
}

function createLineSplitter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}
