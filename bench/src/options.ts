import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contestants } from './contestants/contestants.ts';
import type { Contestant } from './contestants/contestant.ts';
import { workloads, type Workload, type WorkloadName } from './workloads.ts';

/** What a run was asked to do. */
export interface Options {
  readonly contestants: readonly Contestant[];
  readonly workloads: readonly Workload[];
  readonly rampContestants: readonly Contestant[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  readonly nodeFlags: readonly string[];
  readonly gatewayPort: number;
  readonly subgraphsPort: number;
  /** Where results.json, results.md and the charts go; nothing is written when absent. */
  readonly resultsFolder: string | undefined;
}

const usage = (known: readonly Contestant[]): string => `Usage: npm run bench -- [options]

Measures gateways one process at a time on one core, in interleaved rounds, and compares their answers first.

  --contestants a,b   which to measure; all: ${known.map(({ name }) => name).join(', ')}
  --workloads a,b     which workloads; all: ${Object.keys(workloads).join(', ')}
  --ramp a,b          whose latency to measure from 1 to 500 connections (default: none)
  --rounds N          how often everything is repeated; medians are reported (default 3)
  --seconds N         length of each measurement (default 5)
  --warm-up N         seconds of load before each measurement (default 3)
  --connections N     connections that are kept busy (default 50)
  --node-flags "…"    given to Node for every contestant alike (default "--max-semi-space-size=64")
  --gateway-port N    (default 14000)
  --subgraphs-port N  (default 14200)
  --results FOLDER    write results.json, results.md and charts (*.svg) there
  --help`;

/**
 * Reads the command line.
 * @returns undefined when only help was asked for, which has then been printed
 * @throws Error naming the option that cannot be understood
 */
export function readOptions(
  argv: readonly string[],
  known: readonly Contestant[] = contestants,
): Options | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      contestants: { type: 'string' },
      workloads: { type: 'string' },
      ramp: { type: 'string', default: '' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '3' },
      connections: { type: 'string', default: '50' },
      'node-flags': { type: 'string', default: '--max-semi-space-size=64' },
      'gateway-port': { type: 'string', default: '14000' },
      'subgraphs-port': { type: 'string', default: '14200' },
      results: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage(known));
    return undefined;
  }
  return {
    contestants:
      values.contestants === undefined ? known : findContestants(values.contestants, known),
    workloads: listed(values.workloads ?? Object.keys(workloads).join()).map(findWorkload),
    rampContestants: findContestants(values.ramp, known),
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    warmUpSeconds: positive('warm-up', values['warm-up']),
    connections: positive('connections', values.connections),
    nodeFlags: values['node-flags'].split(' ').filter((flag) => flag !== ''),
    gatewayPort: positive('gateway-port', values['gateway-port']),
    subgraphsPort: positive('subgraphs-port', values['subgraphs-port']),
    resultsFolder: values.results === undefined ? undefined : fromCaller(values.results),
  };
}

function findContestants(names: string, known: readonly Contestant[]): Contestant[] {
  return listed(names).map((name) => {
    const found = known.find((contestant) => contestant.name === name);
    if (found !== undefined) return found;
    const all = known.map((contestant) => contestant.name).join(', ');
    throw new Error(`There is no contestant "${name}". Known are: ${all}.`);
  });
}

function findWorkload(name: string): Workload {
  if (Object.hasOwn(workloads, name)) return workloads[name as WorkloadName];
  const known = Object.keys(workloads).join(', ');
  throw new Error(`There is no workload "${name}". Known are: ${known}.`);
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${name} must be a number above 0, but is "${text}".`);
}

/** Relative folders are relative to where npm was called. */
function fromCaller(folder: string): string {
  const base = process.env['INIT_CWD'] ?? process.cwd();
  return fileURLToPath(new URL(folder, `file://${base}/`));
}
