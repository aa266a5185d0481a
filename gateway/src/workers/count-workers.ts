import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** @param count the setting @returns how many worker processes to run */
export function countWorkers(count: number | 'auto'): number {
  return count === 'auto' ? Math.min(availableParallelism(), readCpuQuota()) : count;
}

/** Cores a container may use (cgroup v2, `cpu.max`: microseconds of each period), at least one; else no limit. */
function readCpuQuota(): number {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').split(' ').map(Number);
    const cores = Math.floor((quota ?? NaN) / (period ?? NaN));
    return Number.isNaN(cores) ? Infinity : Math.max(1, cores);
  } catch {
    return Infinity;
  }
}
