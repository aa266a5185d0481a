import type { Contestant, Setting } from '../contestants/contestant.ts';
import { runClosedLoop } from '../load/closed-loop.ts';
import { percentile } from '../load/percentile.ts';
import { requestsOf } from '../workloads.ts';
import { checkAnswers } from './check-answer.ts';
import { cpuTimeMs, forgetPeakMemory, memoryOf } from './process-usage.ts';
import { RunningGateway } from './running-gateway.ts';

/** What one contestant did in one workload, once. */
export interface Cell {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the gateway process per request. */
  readonly cpuMsPerRequest: number;
  /** Share of its core that the gateway used: far below 1, something else was the bottleneck. */
  readonly busy: number;
  readonly peakMegabytes: number;
  readonly finalMegabytes: number;
  readonly subgraphCallsPerRequest: number;
  readonly errors: number;
  readonly firstError: string | undefined;
}

export type CellOutcome =
  | { readonly right: true; readonly cell: Cell }
  | { readonly right: false; readonly reason: string };

export interface LoadShape {
  readonly connections: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** Starts a contestant, compares its answers, loads it, and stops it. */
export async function measureCell(
  contestant: Contestant,
  setting: Setting,
  shapes: { readonly load: LoadShape; readonly nodeFlags: readonly string[] },
): Promise<CellOutcome> {
  const gateway = await RunningGateway.start(contestant, setting, shapes.nodeFlags);
  try {
    const before = await checkAnswers(gateway.url, setting.workload);
    if (!before.right) return before;
    const cell = await load(gateway, contestant, setting, { ...shapes.load, ...before });
    const after = await checkAnswers(gateway.url, setting.workload);
    return after.right ? { right: true, cell } : after;
  } finally {
    await gateway.stop();
  }
}

/** Loads a running gateway and reads what it used. */
export async function load(
  gateway: { readonly pid: number },
  contestant: Contestant,
  setting: Setting,
  shape: LoadShape & { readonly bodyBytes: number },
): Promise<Cell> {
  let cpuMs = 0;
  let calls: Promise<number> = Promise.resolve(0);
  const result = await runClosedLoop({
    port: setting.port,
    connections: shape.connections,
    seconds: shape.seconds,
    warmUpSeconds: shape.warmUpSeconds,
    request: requestsOf(setting.workload, contestant.path),
    expectedBodyBytes: shape.bodyBytes,
    onWindow(edge) {
      if (edge === 'start') forgetPeakMemory(gateway.pid);
      const now = cpuTimeMs(gateway.pid);
      cpuMs = edge === 'start' ? now : now - cpuMs;
      calls = Promise.all([calls, countCalls(setting.subgraphsPort)]).then(
        ([previous, count]) => count - previous,
      );
    },
  });
  const memory = memoryOf(gateway.pid);
  return {
    requestsPerSecond: result.completed / result.seconds,
    p50Ms: percentile(result.latenciesMs, 50),
    p99Ms: percentile(result.latenciesMs, 99),
    cpuMsPerRequest: cpuMs / result.completed,
    busy: cpuMs / 1000 / result.seconds,
    peakMegabytes: memory.peakResidentMegabytes,
    finalMegabytes: memory.residentMegabytes,
    subgraphCallsPerRequest: (await calls) / result.completed,
    errors: result.errors,
    firstError: result.firstError,
  };
}

async function countCalls(subgraphsPort: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${subgraphsPort}/calls`);
  const calls = (await response.json()) as Record<string, number>;
  return Object.values(calls).reduce((total, count) => total + count, 0);
}
