import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Gateways run on one core, subgraphs and load generator on another. */
export const gatewayCore = 0;
export const loadCore = 1;

/** Binds a running process and all its threads to one core; children it starts later inherit that. Linux only. */
export function pinProcess(pid: number, core: number): void {
  const result = spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
  if (result.status !== 0) {
    throw new Error(
      `Could not bind process ${pid} to core ${core}: ${result.error?.message ?? result.stderr.toString()}. ` +
        'The benchmark needs Linux, `taskset` (util-linux) and two cores.',
    );
  }
}

export function assertTwoCores(): void {
  if (process.platform !== 'linux' || availableParallelism() < 2) {
    throw new Error(
      'The benchmark needs Linux with at least two cores: one for the gateway alone.',
    );
  }
}
