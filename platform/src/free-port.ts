import { createServer } from 'node:net';

/**
 * Ports that systems give to nobody who does not ask for them: Linux hands out those from 32,768 on, others those from
 * 49,152 on. A port out of that range may be taken by any other process, or by a connection, while nothing listens there.
 */
const first = 15_000;
const last = 32_000;

/** A port on 127.0.0.1 at which nothing listens, and nobody else will while it stays free. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
