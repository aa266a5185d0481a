import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/**
 * The larger of the shares in use of the JavaScript heap and, in a container with a limit, of its memory. Not the
 * resident set: that stays high after a burst although all of it is free, and requests would be refused for ever.
 */
export function readMemoryShare(): number {
  const heap = getHeapStatistics();
  const heapShare = heap.used_heap_size / heap.heap_size_limit;
  if (containerBytes === undefined) return heapShare;
  const used = heap.used_heap_size + heap.external_memory + processBytes;
  return Math.max(heapShare, used / containerBytes);
}

/** Node knows the limit of cgroups; without one it says 0 or a number no machine has. */
function readContainerBytes(): number | undefined {
  const bytes = process.constrainedMemory();
  return bytes > 0 && bytes < totalmem() ? bytes : undefined;
}

/** What the process itself takes beside the heap: code, stacks, native libraries. */
function readProcessBytes(): number {
  const { rss, heapTotal } = process.memoryUsage();
  return Math.max(0, rss - heapTotal);
}

const containerBytes = readContainerBytes();
const processBytes = readProcessBytes();
