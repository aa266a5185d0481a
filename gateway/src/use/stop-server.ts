import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';

/** While stopping, idle connections are kept this long: a request may be on its way on one of them. */
const idleGraceMs = 100;
/** So long after the last answer, connections that are neither idle nor waiting for one are cut: they only dawdle. */
const dawdleMs = 3_000;

/**
 * `http.Server.close` cuts idle connections at once, and with them a request that is just arriving. So the socket
 * is closed first, idle connections a moment later, and every answer meanwhile ends its connection.
 * @param countUnderWay how many requests are being answered
 */
export async function stopServer(server: Server, countUnderWay: () => number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  let busyAt = performance.now();
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    if (countUnderWay() > 0) busyAt = performance.now();
    else if (performance.now() - busyAt > dawdleMs) server.closeAllConnections();
  }, idleGraceMs);
  await closed;
  clearInterval(sweep);
  // Ends the timer that checks connections for their timeouts.
  server.close(() => undefined);
}
