import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { makeBlockWatch, type Block } from './block-watch.ts';
import { gatewayMain } from './gateway-main.ts';
import type { HostileSubgraphs } from './hostile-graph.ts';

/** A gateway in a process of its own: it can die, and its memory is its own. */
export interface GatewayProcess {
  readonly url: string;
  /** Undefined while it lives. */
  exit(): { readonly code: number | null; readonly signal: string | null } | undefined;
  /** The last lines it logged, for a report of what went wrong. */
  lastLines(): readonly string[];
  /** Resident memory. Undefined where the system does not tell. */
  residentBytes(): number | undefined;
  /** The longest piece of work since the last call in which it did nothing else. @throws Error when it has ended */
  takeBlock(): Promise<Block>;
  stop(): Promise<void>;
}

const keptLines = 50;

/** Starts the built gateway in production over these subgraphs. @throws Error when it does not come up */
export async function startGatewayProcess(subgraphs: HostileSubgraphs): Promise<GatewayProcess> {
  const blocks = makeBlockWatch();
  const { settingsFile, supergraphFile } = subgraphs;
  const child = spawn(
    process.execPath,
    [gatewayMain, '--config', settingsFile, '--supergraph', supergraphFile, '--port', '0'],
    {
      env: { ...process.env, ...blocks.env, NODE_ENV: 'production', LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  const lines: string[] = [];
  let exited: ReturnType<GatewayProcess['exit']>;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      exited = { code, signal };
      resolve();
    });
  });
  const url = await new Promise<string>((resolve, reject) => {
    const read = (line: string): void => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      const found = /"url":"(http[^"]+)\/graphql"/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    };
    if (child.stdout) createInterface({ input: child.stdout }).on('line', read);
    if (child.stderr) createInterface({ input: child.stderr }).on('line', read);
    void ended.then(() => reject(new Error(`the gateway ended:\n${lines.join('\n')}`)));
  });
  return {
    url,
    exit: () => exited,
    lastLines: () => lines,
    residentBytes: () => readResidentBytes(child.pid ?? 0),
    takeBlock: () => blocks.take(child),
    async stop() {
      if (!exited) child.kill('SIGTERM');
      await ended;
      blocks.remove();
    },
  };
}

function readResidentBytes(pid: number): number | undefined {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
