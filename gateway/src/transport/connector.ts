import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import { loadUndici } from './load-undici.ts';

export interface TlsMaterial {
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  readonly servername?: string | undefined;
}

export interface ConnectorOptions {
  /** Covers name lookup, TCP and the TLS handshake. */
  readonly connectTimeoutMs: number;
  readonly http2: boolean;
  /** Asked at every new connection, so rotated certificates are used without a restart. */
  readonly tls: () => TlsMaterial;
  /** Connects here instead of to the host of the origin, whose name still stands in TLS and the Host header. */
  readonly address?: string | undefined;
  readonly lookup?: LookupFunction | undefined;
}

/** The connection did not stand in time. */
export class ConnectTimeout extends Error {
  override readonly name = 'ConnectTimeout';
  readonly code = 'TRELLIS_CONNECT_TIMEOUT';
  constructor(timeoutMs: number) {
    super(`no connection after ${timeoutMs} ms`);
  }
}

type Connect = (
  options: buildConnector.Options,
  callback: buildConnector.Callback,
) => Socket | TLSSocket | undefined;

/**
 * Opens connections with an exact time limit (undici's own is coarse by half a second). Certificates are always
 * verified; there is no way to switch that off. Without TLS nothing of undici is needed, and it is not loaded.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  let material: TlsMaterial | undefined;
  let connect: Connect | undefined;
  return function connectInTime(target, callback) {
    let isDone = false;
    let timer: NodeJS.Timeout | undefined = undefined;
    const finish: buildConnector.Callback = (...result) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      callback(...result);
    };
    let socket: Socket | TLSSocket | undefined;
    try {
      const current = options.tls();
      if (!connect || current !== material) {
        connect = isPlain(target) ? buildPlain(options) : build(options, current);
        material = current;
      }
      socket = connect(
        options.address === undefined ? target : { ...target, hostname: options.address },
        finish,
      );
    } catch (error) {
      // Certificates that cannot be used are thrown about. Whoever connects counts on being told, and not before this returns.
      setImmediate(() => finish(error as Error, null));
      return undefined;
    }
    timer = setTimeout(() => {
      socket?.destroy();
      finish(new ConnectTimeout(options.connectTimeoutMs), null);
    }, options.connectTimeoutMs).unref();
    return socket;
  };
}

/** Whether connections of this kind are TCP and nothing else. */
function isPlain({ protocol }: buildConnector.Options): boolean {
  return protocol === 'http:';
}

/** What undici's connector does without TLS: TCP keep-alive after a minute, no delay, and a larger reading buffer. */
function buildPlain({ lookup }: ConnectorOptions): Connect {
  return ({ hostname, port }, callback) => {
    const socket = connectTcp({
      host: hostname,
      port: Number(port || 80),
      ...(lookup ? { lookup } : {}),
      ...largeReads,
    });
    const fail = (error: Error): void => callback(error, null);
    socket.setKeepAlive(true, 60_000).setNoDelay(true);
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      callback(null, socket);
    });
    return socket;
  };
}

/** `highWaterMark` is an option of every stream; the types of `net.connect` do not say so. */
const largeReads: object = { highWaterMark: 64 * 1024 };

function build(options: ConnectorOptions, { ca, cert, key, servername }: TlsMaterial): Connect {
  const settings = {
    allowH2: options.http2,
    timeout: 0,
    rejectUnauthorized: true,
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(servername === undefined ? {} : { servername }),
    ...(options.lookup ? { lookup: options.lookup } : {}),
  };
  return loadUndici().buildConnector(settings as buildConnector.BuildOptions) as Connect;
}
