import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls';

/** An address of its own in front of a subgraph, as a load balancer or a sidecar has. */
export interface Front {
  readonly port: number;
  /** Port of the subgraph behind it. */
  target: number;
  /** Connections taken so far. */
  taken: number;
  /** Fingerprints of the certificates that callers showed, oldest first. */
  readonly callers: string[];
  /** From the next connection on another certificate is shown, and others are trusted. */
  renew(tls: TlsOptions): void;
  /** Cuts every connection and takes no more. */
  stop(): Promise<void>;
}

export interface FrontOptions {
  readonly host?: string;
  readonly port?: number;
  /** Speaks TLS with the caller and plain text behind. */
  readonly tls?: TlsOptions;
}

export async function startFront(options: FrontOptions = {}): Promise<Front> {
  const { host = '127.0.0.1', port = 0, tls } = options;
  const sockets = new Set<Socket>();
  const forward = (socket: Socket): void => {
    front.taken += 1;
    const peer = (socket as Partial<TLSSocket>).getPeerCertificate?.();
    if (peer?.fingerprint256) front.callers.push(peer.fingerprint256);
    const behind = connect(front.target, '127.0.0.1');
    socket.pipe(behind).pipe(socket);
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  };
  const server: Server = tls ? createTlsServer(tls, forward) : createServer(forward);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const front: Front = {
    port: (server.address() as AddressInfo).port,
    target: 0,
    taken: 0,
    callers: [],
    renew: (next) => (server as ReturnType<typeof createTlsServer>).setSecureContext(next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return front;
}
