import { cpus, release } from 'node:os';
import type { Cell, CellOutcome } from './measure/measure-cell.ts';
import { median } from './load/percentile.ts';
import type { Options } from './options.ts';

/** Everything a run found out, as it is kept in results.json. */
export interface Results {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly nodeFlags: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly rows: Row[];
  readonly ramp: RampPoint[];
}

/** One contestant in one workload. */
export interface Row {
  readonly workload: string;
  readonly contestant: string;
  readonly title: string;
  readonly role: 'ours' | 'peer' | 'limit';
  readonly runs: Cell[];
  /** Why the contestant is not ranked in this workload. */
  wrong?: string;
}

export interface RampPoint {
  readonly contestant: string;
  readonly title: string;
  readonly connections: number;
  readonly cell: Cell;
}

export function emptyResults(options: Options): Results {
  return {
    date: new Date().toISOString(),
    machine: `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Linux ${release()}`,
    node: process.version,
    nodeFlags: options.nodeFlags,
    connections: options.connections,
    seconds: options.seconds,
    rounds: options.rounds,
    rows: options.workloads.flatMap((workload) =>
      options.contestants.map(({ name, title, role }) => ({
        workload: workload.name,
        contestant: name,
        title,
        role,
        runs: [],
      })),
    ),
    ramp: [],
  };
}

export function addOutcome(row: Row, outcome: CellOutcome): void {
  if (outcome.right) row.runs.push(outcome.cell);
  else row.wrong ??= outcome.reason;
}

/** Each figure's median over the runs; undefined when the contestant is not ranked. */
export function medianCell(row: Row): Cell | undefined {
  if (row.wrong !== undefined || row.runs.length === 0) return undefined;
  const of = (figure: (cell: Cell) => number): number => median(row.runs.map(figure));
  return {
    requestsPerSecond: of((cell) => cell.requestsPerSecond),
    p50Ms: of((cell) => cell.p50Ms),
    p99Ms: of((cell) => cell.p99Ms),
    cpuMsPerRequest: of((cell) => cell.cpuMsPerRequest),
    busy: of((cell) => cell.busy),
    peakMegabytes: of((cell) => cell.peakMegabytes),
    finalMegabytes: of((cell) => cell.finalMegabytes),
    subgraphCallsPerRequest: of((cell) => cell.subgraphCallsPerRequest),
    errors: row.runs.reduce((total, cell) => total + cell.errors, 0),
    firstError: row.runs.find((cell) => cell.firstError !== undefined)?.firstError,
  };
}
