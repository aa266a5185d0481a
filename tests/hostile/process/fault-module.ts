import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a faulty plugin does inside the process. */
export type Fault = 'reject' | 'throw' | 'block' | 'strain';

/** A module that misbehaves when its process gets SIGUSR2: loaded before the gateway, as code of a plugin would be. */
export interface FaultModule {
  /** The environment that loads it. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes the fault in one process. */
  inflict(pid: number, fault: Fault): void;
}

const source = `
import { readFileSync } from 'node:fs';
process.on('SIGUSR2', () => {
  const fault = readFileSync(process.env.FAULT_FILE, 'utf8');
  if (fault === 'reject') void Promise.reject(new Error('a plugin forgot to catch'));
  if (fault === 'throw') setTimeout(() => { throw new Error('a plugin threw'); });
  if (fault === 'strain') {
    const end = Date.now() + 3_000;
    const work = () => { const until = Date.now() + 150; while (Date.now() < until); if (Date.now() < end) setImmediate(work); };
    work();
  }
  if (fault === 'block') { const until = Date.now() + 120_000; while (Date.now() < until); }
});`;

export function makeFaultModule(): FaultModule {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-fault-'));
  const module = join(folder, 'fault.mjs');
  const file = join(folder, 'fault');
  writeFileSync(module, source);
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(module).href}`, FAULT_FILE: file },
    inflict(pid, fault) {
      writeFileSync(file, fault);
      process.kill(pid, 'SIGUSR2');
    },
  };
}
