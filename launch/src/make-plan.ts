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
/** Worth a third of its throughput (docs/decisions/0023-young-generation.md). */
const gatewayFlags = ['--max-semi-space-size=64'];

/**
 * Decides what runs where; the gateway comes last.
 * @throws LaunchError naming every port that is taken, or what was not built
 */
export async function makePlan(request: PlanRequest): Promise<readonly PlannedProcess[]> {
  const { root, subgraphs, env } = request;
  const services = subgraphs.map(({ name, folder, port }) => {
    const variable = `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
    return { name, folder, variable, wanted: readPort(variable, env, port) };
  });
  const gateway = {
    name: gatewayName,
    folder: join(root, 'gateway'),
    variable: 'PORT',
    wanted: readPort('PORT', env, gatewayPort),
  };
  const ports = await choosePorts([...services, gateway], request.usesFreePorts);
  const sources = [join(root, 'subgraphs', 'kit'), join(root, 'platform')];
  return [...services, gateway].map(({ name, folder, variable }, index) => {
    const script = chooseScript(folder, sources);
    if (!existsSync(script))
      throw new LaunchError(`${script} is missing. Build it with: npm run build`);
    const port = ports[index] ?? 0;
    // HOST opens the gateway to the network; services stay where only it reaches them.
    const host = name === gatewayName ? {} : { HOST: '127.0.0.1' };
    const nodeFlags = name === gatewayName ? gatewayFlags : [];
    return { name, folder, script, nodeFlags, port, env: { ...host, [variable]: String(port) } };
  });
}

interface PortWish {
  readonly name: string;
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

async function choosePorts(
  wishes: readonly PortWish[],
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
