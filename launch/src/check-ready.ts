import { get } from 'node:http';

/** Asks a process's readiness; any answer but 200, and none at all, is no. */
export function checkReady(port: number, host = '127.0.0.1', timeoutMs = 2_000): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { host, port, path: '/health/ready', timeout: timeoutMs, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
