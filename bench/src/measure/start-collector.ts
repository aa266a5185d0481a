import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where spans go while their cost is measured. */
export const collectorEnvironment = 'BENCH_COLLECTOR';

export interface Collector {
  stop(): void;
}

/**
 * Takes spans and forgets them, on the core of the load, and names its address in the environment: contestants read it
 * there when they are loaded.
 */
export async function startCollector(): Promise<Collector> {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  process.env[collectorEnvironment] = `http://127.0.0.1:${port}`;
  return {
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
