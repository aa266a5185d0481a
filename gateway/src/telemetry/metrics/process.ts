import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Memory, processor, event loop and garbage collection, under the names every Node dashboard knows. */
export function measureProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
}
