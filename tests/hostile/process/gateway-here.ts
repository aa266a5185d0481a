import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGatewayConfig } from '@trellis/gateway/config';
import { startGateway } from '@trellis/gateway/gateway';
import { createLog } from '@trellis/platform/log';
import { startEchoSubgraph, type EchoSubgraph } from './echo-subgraph.ts';

/** A gateway in this process, as it is in production, over the echo subgraph. */
export interface GatewayHere {
  readonly url: string;
  readonly port: number;
  readonly subgraph: EchoSubgraph;
  readonly supergraphFile: string;
  ask(query: string, n?: number): Promise<Asked>;
  stop(): Promise<void>;
}

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly elapsedMs: number;
}

export async function startGatewayHere(settings: object = {}): Promise<GatewayHere> {
  const subgraph = await startEchoSubgraph();
  const folder = mkdtempSync(join(tmpdir(), 'trellis-hostile-'));
  const supergraphFile = join(folder, 'supergraph.graphql');
  writeFileSync(supergraphFile, subgraph.supergraph());
  // Gateway, subgraph and tests share a process here: its event loop is late for other reasons.
  const settingsFile = join(folder, 'gateway.yaml');
  writeFileSync(
    settingsFile,
    JSON.stringify({ overload: { maxEventLoopDelayMs: 0 }, ...settings }),
  );
  const config = readGatewayConfig(settingsFile, { supergraph: supergraphFile, port: '0' });
  const gateway = await startGateway({
    config,
    log: createLog('gateway', { LOG_LEVEL: 'silent' }),
    env: { NODE_ENV: 'production' },
  });
  return {
    url: gateway.url,
    port: Number(new URL(gateway.url).port),
    subgraph,
    supergraphFile,
    ask: (query, n) => ask(gateway.url, query, n),
    async stop() {
      await gateway.stop();
      await subgraph.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function ask(url: string, query: string, n = 1): Promise<Asked> {
  const startedAt = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { n } }),
  });
  const text = await response.text();
  const { status, headers } = response;
  return {
    status,
    headers,
    body: JSON.parse(text) as unknown,
    elapsedMs: performance.now() - startedAt,
  };
}
