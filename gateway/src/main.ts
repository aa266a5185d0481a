import { createLog } from '@trellis/platform/log';
import { readDescriptorLimit } from './use/descriptor-limit.ts';

/**
 * Node opens all files of a program at once. With fewer descriptors than those it ends with an error that speaks of
 * packages which cannot be found; some 140 are needed, and clients and subgraphs want a few.
 */
const leastDescriptors = 192;

const descriptors = readDescriptorLimit();
if (descriptors !== undefined && descriptors < leastDescriptors) {
  createLog('gateway').fatal(
    `this process may open ${descriptors} files, and needs ${leastDescriptors} at least: raise the limit (ulimit -n, LimitNOFILE)`,
  );
  process.exit(1);
}
await import('./run-gateway.ts');
