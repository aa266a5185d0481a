import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chooseScript } from './choose-script.ts';
import { tryPort } from './free-port.ts';
import { LaunchError } from './launch-error.ts';
import type { LocalSubgraph } from './read-graph.ts';

/** One process to start. */
export interface PlannedProcess {
  readonly name: string;
  readonly folder: string;
  /** The JavaScript to run. */
  readonly script: string;
  /** Flags for Node itself. */
  readonly nodeFlags: readonly string[];
  readonly port: number;
  /** What its environment has beyond ours. */
  readonly env: Readonly<Record<string, string>>;
}

export interface PlanRequest {
  readonly root: string;
  readonly subgraphs: readonly LocalSubgraph[];
  readonly env: NodeJS.ProcessEnv;
  readonly usesFreePorts: boolean;
}

export const gatewayName = 'gateway';
const gatewayPort = 4000;
/** The OpenID provider of development; there is none in production. */
export const identityName = 'identity';
const identityPort = 4010;
/** Where the gateway's metrics are read. The port is the usual one of exporters of OpenTelemetry. */
export const telemetryVariable = 'TELEMETRY_PORT';
const telemetryPort = 9464;
/** Worth a third of its throughput (docs/decisions/0023-young-generation.md). */
const gatewayFlags = ['--max-semi-space-size=64'];

/**
 * Decides what runs where; the gateway comes last.
 * @throws LaunchError naming every port that is taken, or what was not built
 */
export async function makePlan(request: PlanRequest): Promise<readonly PlannedProcess[]> {
  const wishes = [...listServices(request), ...listIdentityProvider(request), wishGateway(request)];
  const ports = await choosePorts(wishes, request.usesFreePorts);
  const telemetryPort = await chooseTelemetryPort(request);
  const sources = [join(request.root, 'subgraphs', 'kit'), join(request.root, 'platform')];
  const portOf = new Map(wishes.map(({ name }, index) => [name, ports[index] ?? 0]));
  return wishes.map(({ name, folder, compiled, variable }) => {
    const script = chooseScript(compiled, sources);
    if (!existsSync(script))
      throw new LaunchError(`${script} is missing. Build it with: npm run build`);
    const port = portOf.get(name) ?? 0;
    const nodeFlags = name === gatewayName ? gatewayFlags : [];
    const telemetry = name === gatewayName ? { [telemetryVariable]: String(telemetryPort) } : {};
    const env = { [variable]: String(port), ...telemetry, ...makeEnvironment(name, portOf) };
    return { name, folder, script, nodeFlags, port, env };
  });
}

function listServices({ subgraphs, env }: PlanRequest): readonly ProcessWish[] {
  return subgraphs.map(({ name, folder, port }) => {
    const variable = `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
    const wanted = readPort(variable, env, port);
    return { name, folder, compiled: join(folder, 'dist'), variable, wanted };
  });
}

function wishGateway({ root, env }: PlanRequest): ProcessWish {
  const folder = join(root, 'gateway');
  const wanted = readPort('PORT', env, gatewayPort);
  return { name: gatewayName, folder, compiled: join(folder, 'dist'), variable: 'PORT', wanted };
}

function listIdentityProvider({ root, env }: PlanRequest): readonly ProcessWish[] {
  if (env['NODE_ENV'] === 'production') return [];
  const folder = join(root, 'launch');
  const compiled = join(folder, 'dist', 'identity-provider');
  const variable = 'IDENTITY_PORT';
  const wanted = readPort(variable, env, identityPort);
  return [{ name: identityName, folder, compiled, variable, wanted }];
}

/** What each process is told beyond its port. HOST opens the gateway to the network; all others stay where only it reaches them. */
function makeEnvironment(
  name: string,
  portOf: ReadonlyMap<string, number>,
): Readonly<Record<string, string>> {
  const identity = portOf.get(identityName);
  if (name === gatewayName) {
    return identity === undefined
      ? {}
      : { TRELLIS_IDENTITY_PROVIDER: `http://127.0.0.1:${identity}` };
  }
  if (name !== identityName) return { HOST: '127.0.0.1' };
  const port = portOf.get(gatewayName);
  const origins = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
  return { HOST: '127.0.0.1', IDENTITY_GATEWAY_ORIGINS: origins.join(' ') };
}

interface ProcessWish {
  readonly name: string;
  readonly folder: string;
  /** Where main.js and bundle.js are. */
  readonly compiled: string;
  readonly variable: string;
  readonly wanted: number;
}

/** @throws LaunchError for a value that is no port */
function readPort(variable: string, env: NodeJS.ProcessEnv, fallback: number): number {
  const text = env[variable];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new LaunchError(`${variable} must be a port, 0 to 65535, not "${text}".`);
}

/** Any free one where the usual one is taken: nobody has written it into a bookmark. */
async function chooseTelemetryPort({ env, usesFreePorts }: PlanRequest): Promise<number> {
  const wanted = readPort(telemetryVariable, env, 0);
  if (wanted !== 0) return wanted;
  const usual = usesFreePorts ? undefined : await tryPort(telemetryPort);
  return usual ?? (await tryPort(0)) ?? 0;
}

async function choosePorts(
  wishes: readonly ProcessWish[],
  usesFreePorts: boolean,
): Promise<readonly number[]> {
  const ports = await Promise.all(wishes.map(({ wanted }) => tryPort(usesFreePorts ? 0 : wanted)));
  const taken = wishes.filter((_wish, index) => ports[index] === undefined);
  if (taken.length === 0) return ports.map((port) => port ?? 0);
  const list = taken.map(({ name, wanted }) => `${wanted} (${name})`).join(', ');
  const [first] = taken;
  throw new LaunchError(
    `${taken.length === 1 ? 'This port is' : 'These ports are'} taken by another process: ${list}.
Stop that process, or choose other ports: "npm start -- --ports free" takes any, ${first?.variable}=${(first?.wanted ?? 0) + 100} npm start moves one.`,
  );
}
