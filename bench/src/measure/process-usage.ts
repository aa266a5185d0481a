import { readFileSync, writeFileSync } from 'node:fs';

/** Linux counts CPU time in ticks of this length (USER_HZ is 100 on every supported architecture). */
const tickMs = 10;

/** CPU time (user and system, all threads) so far of a process and all its living children, in milliseconds. */
export function cpuTimeMs(pid: number): number {
  return processTree(pid).reduce((total, one) => total + cpuTimeOfOneMs(one), 0);
}

export interface Memory {
  readonly residentMegabytes: number;
  readonly peakResidentMegabytes: number;
}

/** Resident memory now and at its highest since `forgetPeakMemory`, summed over a process and its children. */
export function memoryOf(pid: number): Memory {
  const total = { residentMegabytes: 0, peakResidentMegabytes: 0 };
  for (const one of processTree(pid)) {
    const status = readFileSync(`/proc/${one}/status`, 'utf8');
    total.residentMegabytes += kilobytes(status, 'VmRSS') / 1024;
    total.peakResidentMegabytes += kilobytes(status, 'VmHWM') / 1024;
  }
  return total;
}

/** Lets the peak start anew from what is resident now (proc_pid_clear_refs(5)). */
export function forgetPeakMemory(pid: number): void {
  for (const one of processTree(pid)) writeFileSync(`/proc/${one}/clear_refs`, '5');
}

function cpuTimeOfOneMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name in parentheses that may hold spaces: count from behind it. See proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

function processTree(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  if (children === '') return [pid];
  return [pid, ...children.split(' ').flatMap((child) => processTree(Number(child)))];
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
}
