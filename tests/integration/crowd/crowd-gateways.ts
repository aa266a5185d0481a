import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { readGatewayConfig } from '@trellis/gateway/config';
import { signDevelopmentToken } from '@trellis/gateway/development-tokens';
import { startGateway, type Gateway } from '@trellis/gateway/gateway';
import { createLog } from '@trellis/platform/log';
import { makeWireKey } from '@trellis/platform/wire-keys';
import { parse } from 'graphql';
import { Agent, request } from 'undici';
import { gatewayHeader, wireSecret, type CrowdSubgraph } from './crowd-subgraphs.ts';

export interface Caller {
  readonly subject: string | undefined;
  readonly tenant: string | undefined;
}

export interface CrowdOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

/** A gateway over the crowd, and clients who ask it. */
export interface CrowdGateway {
  readonly url: string;
  /**
   * @param signal hangs up
   * @returns status and body
   */
  ask(operation: CrowdOperation, signal?: AbortSignal): Promise<CrowdAnswer>;
  stop(): Promise<void>;
}

export interface CrowdAnswer {
  readonly status: number;
  readonly body: CrowdBody;
}

export interface CrowdBody {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

/** How much is done together. Nothing of it may be seen in an answer. */
export interface Sharing {
  /** Of this gateway, for those who count. */
  readonly name: string;
  readonly mergeFetches: boolean;
  readonly shareOperations: boolean;
  readonly batchEntities: boolean | { readonly maxBatchSize: number; readonly maxWindowMs: number };
  readonly shareInFlight: boolean;
  readonly identityFreeSubgraphs?: readonly string[];
}

export async function startCrowdGateway(
  subgraphs: readonly CrowdSubgraph[],
  { name, shareInFlight, ...execution }: Sharing,
): Promise<CrowdGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-crowd-'));
  const supergraph = join(folder, 'supergraph.graphql');
  const settings = join(folder, 'gateway.yaml');
  writeFileSync(supergraph, compose(subgraphs));
  writeFileSync(settings, JSON.stringify(makeSettings(execution, shareInFlight)));
  const gateway = await startGateway({
    config: readGatewayConfig(settings, { supergraph, port: '0' }),
    log: createLog('test', { LOG_LEVEL: 'silent' }),
    env: { TRELLIS_WIRE_SECRET: wireSecret },
  });
  const agent = new Agent({ connections: 500, pipelining: 1 });
  return {
    url: gateway.url,
    ask: (operation, signal) => ask(gateway, agent, { name, operation, signal }),
    async stop() {
      await agent.destroy();
      await gateway.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function compose(subgraphs: readonly CrowdSubgraph[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl === undefined) throw new Error(`not composed: ${String(errors)}`);
  return supergraphSdl;
}

/** How long `pit` is waited for. Everything else has all the time that a busy machine may need. */
const pitTimeoutMs = 100;

function makeSettings(execution: object, shareInFlight: boolean): object {
  const patient = {
    timeoutMs: 40_000,
    shareInFlight,
    // Whether a breaker opens or a retry still has budget depends on all callers together, which is what it is for.
    breaker: { isEnabled: false },
    retry: { attempts: 0 },
  };
  return {
    execution,
    authentication: { developmentTokens: true },
    http: { requestTimeoutMs: 60_000 },
    // Nobody is turned away because the machine of the test is slow.
    overload: { maxEventLoopDelayMs: 0, maxMemoryShare: 0 },
    listen: { writeTimeoutMs: 130_000 },
    subgraphs: {
      all: {
        ...patient,
        propagateHeaders: ['x-tenant', gatewayHeader],
        maxResponseBytes: 1_000_000,
      },
      scores: { propagateHeaders: [gatewayHeader] },
      pit: { timeoutMs: pitTimeoutMs },
    },
  };
}

const tokens = new Map<string, Promise<string>>();

function tokenFor(subject: string): Promise<string> {
  let token = tokens.get(subject);
  if (!token) {
    token = signDevelopmentToken(makeWireKey(wireSecret), { subject, roles: [] });
    tokens.set(subject, token);
  }
  return token;
}

interface Asked {
  readonly name: string;
  readonly operation: CrowdOperation;
  readonly signal: AbortSignal | undefined;
}

async function ask(
  { url }: Gateway,
  dispatcher: Agent,
  { name, operation: { caller, query, variables }, signal }: Asked,
): Promise<CrowdAnswer> {
  const { subject, tenant } = caller;
  const { statusCode, body } = await request(`${url}/graphql`, {
    method: 'POST',
    dispatcher,
    headers: {
      'content-type': 'application/json',
      [gatewayHeader]: name,
      ...(subject === undefined ? {} : { authorization: `Bearer ${await tokenFor(subject)}` }),
      ...(tenant === undefined ? {} : { 'x-tenant': tenant }),
    },
    body: JSON.stringify({ query, variables }),
    ...(signal ? { signal } : {}),
  });
  return { status: statusCode, body: (await body.json()) as CrowdBody };
}
