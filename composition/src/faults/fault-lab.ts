import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '@trellis/platform/free-port';
import { CommandError } from '../command-error.ts';
import { spawnGateway } from '../dev/spawn-gateway.ts';
import type { OpenSupergraph } from '../graph/open-supergraph.ts';
import { startMockSubgraph } from '../mock/start-mock-subgraph.ts';
import type { Terminal } from '../terminal.ts';
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts';

/** A real gateway over mocks of every subgraph, each behind a proxy that can let requests go wrong. */
export interface FaultLab {
  proxies: ReadonlyMap<string, FaultProxy>;
  ask: (query: string, variables: Record<string, unknown>) => Promise<LabAnswer>;
  close: () => Promise<void>;
}

export interface LabAnswer {
  data?: unknown;
  errors?: { message: string }[];
}

const readyTimeoutMs = 30_000;
/** Silence is told from slowness after this time; the mocks answer in a few milliseconds. */
const subgraphTimeoutMs = 400;

/** @throws CommandError when the gateway does not start */
export async function openFaultLab(
  { sdl, supergraph }: OpenSupergraph,
  terminal: Terminal,
): Promise<FaultLab> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    const proxies = new Map<string, FaultProxy>();
    let proxied = sdl;
    for (const subgraph of supergraph.subgraphs().values()) {
      const mock = await startMockSubgraph(subgraph.name, subgraph.toString());
      closing.push(mock.close);
      const proxy = await startFaultProxy(mock.url);
      closing.push(proxy.close);
      proxies.set(subgraph.name, proxy);
      proxied = replaceUrl(proxied, subgraph.name, proxy.url);
    }
    const url = await startGateway(proxied, terminal, closing);
    return { proxies, close, ask: (query, variables) => ask(url, query, variables) };
  } catch (error) {
    await close();
    throw error;
  }
}

function replaceUrl(sdl: string, name: string, url: string): string {
  const pattern = new RegExp(`(@join__graph\\(name: "${name}", url: )"[^"]*"`);
  return sdl.replace(pattern, (_match, start: string) => `${start}"${url}"`);
}

async function startGateway(
  sdl: string,
  terminal: Terminal,
  closing: (() => Promise<unknown>)[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-faults-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const supergraph = join(folder, 'supergraph.graphql');
  const config = join(folder, 'gateway.yaml');
  await writeFile(supergraph, sdl);
  // What a fault does to the answer is the question, not how often it is tried again.
  const all = {
    timeoutMs: subgraphTimeoutMs,
    retry: { attempts: 0 },
    breaker: { isEnabled: false },
  };
  await writeFile(config, JSON.stringify({ subgraphs: { all } }));
  const port = await findFreePort();
  const quiet = { ...terminal, env: { ...terminal.env, LOG_LEVEL: 'silent' } };
  const gateway = spawnGateway({ supergraph, config, port, host: '127.0.0.1' }, quiet);
  closing.push(async () => {
    gateway.signal('SIGTERM');
    await gateway.ended;
  });
  const origin = `http://127.0.0.1:${port}`;
  await untilReady(origin, gateway.ended);
  return `${origin}/graphql`;
}

/** @throws CommandError when the process ends, or is not ready in half a minute */
async function untilReady(origin: string, ended: Promise<number>): Promise<void> {
  let exitCode: number | undefined;
  void ended.then((code) => (exitCode = code));
  const endsAt = performance.now() + readyTimeoutMs;
  while (exitCode === undefined && performance.now() < endsAt) {
    const isReady = await fetch(`${origin}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new CommandError(
    exitCode === undefined
      ? `the gateway was not ready after ${readyTimeoutMs / 1000} s`
      : `the gateway did not start: it ended with ${exitCode}; run "trellis gateway" to see why`,
  );
}

async function ask(
  url: string,
  query: string,
  variables: Record<string, unknown>,
): Promise<LabAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as LabAnswer;
}
