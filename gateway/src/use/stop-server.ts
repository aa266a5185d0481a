import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

export interface StopServerOptions {
  readonly server: Server;
  /** Every open connection. */
  readonly sockets: ReadonlySet<Socket>;
  readonly countUnderWay: () => number;
}

const sweepMs = 100;
/** Idle connections are kept until nothing has arrived for so many sweeps, but no longer than `longestIdleMs`. */
const quietSweeps = 2;
const longestIdleMs = 2_000;
/** So long after the last answer, connections that are neither idle nor waiting for one are cut: they only dawdle. */
const dawdleMs = 3_000;

/**
 * `http.Server.close` cuts idle connections at once, and with them a request that is just arriving. So the socket
 * is closed first, idle connections when nothing arrives any more, and every answer meanwhile ends its connection.
 */
export async function stopServer({
  server,
  sockets,
  countUnderWay,
}: StopServerOptions): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  const beganAt = performance.now();
  let busyAt = beganAt;
  let received = countReceived(sockets);
  let quiet = 0;
  function look(): void {
    const now = performance.now();
    const before = received;
    received = countReceived(sockets);
    quiet = received > before ? 0 : quiet + 1;
    if (quiet >= quietSweeps || now - beganAt > longestIdleMs) server.closeIdleConnections();
    if (countUnderWay() > 0) busyAt = now;
    else if (now - busyAt > dawdleMs) server.closeAllConnections();
  }
  // A busy process may come late, with requests waiting in its sockets: what has come is read before it looks.
  const sweep = setInterval(() => setImmediate(look), sweepMs);
  await closed;
  clearInterval(sweep);
  // Ends the timer that checks connections for their timeouts.
  server.close(() => undefined);
}

/** Bytes that came over the open connections: more than before only when something has arrived. */
function countReceived(sockets: ReadonlySet<Socket>): number {
  let bytes = 0;
  for (const socket of sockets) bytes += socket.bytesRead;
  return bytes;
}
