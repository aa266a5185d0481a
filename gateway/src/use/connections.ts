import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '@trellis/platform/log';
import { reportState } from '../state.ts';
import { readDescriptorLimit } from './descriptor-limit.ts';
import { refuseConnection } from './raw-refusal.ts';

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** Undefined: an address may have all of them, as a balancer in front does. */
  readonly maxConnectionsPerAddress?: number | undefined;
}

/** Over the limit this many more are accepted and told so; what comes beyond them is closed at once. */
const refusedAtOnce = 64;
/** Refused connections are one line in the log in this time. */
const quietMs = 10_000;

/** The open connections of a server. */
export interface Connections {
  readonly sockets: ReadonlySet<Socket>;
  /** Ends what is reported of them. */
  end(): void;
}

/**
 * Caps the connections of a server, in all and per address. Those over the limit hear 503 with `Retry-After` before
 * anything of theirs is read.
 */
export function limitConnections(
  server: Server,
  limits: ConnectionLimits,
  log: Logger,
): Connections {
  const { maxConnectionsPerAddress: mostPerAddress } = limits;
  const most = fitDescriptors(limits.maxConnections, log);
  const perAddress = new AddressCounter();
  const sockets = new Set<Socket>();
  let refused = 0;
  let cut = 0;
  const tell = warnSeldom(log, () => ({ open: sockets.size, most, refused }));
  function attach(socket: Socket, listeners: readonly Accept[]): void {
    const address = socket.remoteAddress ?? '';
    sockets.add(socket);
    if (mostPerAddress !== undefined) perAddress.add(address, 1);
    socket.once('close', () => {
      sockets.delete(socket);
      if (mostPerAddress !== undefined) perAddress.add(address, -1);
    });
    for (const listener of listeners) listener.call(server, socket);
  }

  // What is refused must not be seen by the listener that http.Server registered.
  const listeners = server.listeners('connection') as Accept[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const isOver =
      sockets.size >= most ||
      (mostPerAddress !== undefined && perAddress.get(socket.remoteAddress) >= mostPerAddress);
    if (!isOver) {
      attach(socket, listeners);
      return;
    }
    refused += 1;
    tell('too many connections: refusing new ones');
    refuseConnection(socket);
  });
  server.maxConnections = most + refusedAtOnce;
  server.on('drop', () => {
    refused += 1;
    tell('too many connections: refusing new ones');
  });
  server.on('error', (error) => tell('connections cannot be accepted', error));
  server.on('timeout', (socket: Socket) => {
    // An idle connection ends in the same way, but owes nothing.
    if (socket.writableLength > 0) cut += 1;
    socket.destroy();
  });
  const end = reportState(() => ({
    connections: sockets.size,
    connectionsRefusedTotal: refused,
    connectionsCutTotal: cut,
  }));
  return { sockets, end };
}

type Accept = (this: Server, socket: Socket) => void;

/** @param describe what a line says beside its reason @returns what writes a line, unless there was one a moment ago */
function warnSeldom(log: Logger, describe: () => object): (reason: string, error?: Error) => void {
  let toldAt = -Infinity;
  return (reason, error) => {
    const now = performance.now();
    if (now - toldAt < quietMs) return;
    toldAt = now;
    log.warn({ ...describe(), ...(error ? { reason: error.message } : {}) }, reason);
  };
}

class AddressCounter {
  readonly #counts = new Map<string, number>();

  get(address: string | undefined): number {
    return this.#counts.get(address ?? '') ?? 0;
  }

  add(address: string, change: 1 | -1): void {
    const count = this.get(address) + change;
    if (count > 0) this.#counts.set(address, count);
    else this.#counts.delete(address);
  }
}

/** Clients get at most half of the descriptors: subgraphs, files and the log need the others. */
function fitDescriptors(maxConnections: number, log: Logger): number {
  const descriptors = readDescriptorLimit();
  const fitting = descriptors === undefined ? Infinity : Math.floor(descriptors / 2);
  if (fitting >= maxConnections) return maxConnections;
  log.warn(
    { descriptors, maxConnections: fitting },
    'this process may open few files: accepting fewer connections than listen.maxConnections',
  );
  return fitting;
}
