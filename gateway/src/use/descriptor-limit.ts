import { readFileSync } from 'node:fs';

/** How many files and sockets this process may have open. Undefined where the system does not say (not Linux). */
export function readDescriptorLimit(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return limit ? Number(limit[1]) : undefined;
  } catch {
    return undefined;
  }
}
