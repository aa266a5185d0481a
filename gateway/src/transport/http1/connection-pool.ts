import type { Socket } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { PoolClosed } from '../pool-closed.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { Exchange, type ExchangeRequest } from './exchange.ts';

export interface ConnectionPoolOptions {
  readonly maxConnections: number;
  /** Connections idle for longer are closed. A shorter Keep-Alive hint of the subgraph wins. */
  readonly maxIdleMs: number;
  /** Connections older than this are not used again. */
  readonly maxAgeMs: number;
  readonly connect: buildConnector.connector;
}

const sweepIntervalMs = 1_000;

/**
 * Keep-alive HTTP/1.1 connections to one origin. It does what undici's Pool does for a POST of JSON that is answered
 * from memory, at a third of its cost per exchange (docs/performance.md); decisions/0070 says why it is our own.
 */
export class ConnectionPool implements ConnectionOwner {
  readonly #options: ConnectionPoolOptions;
  readonly #origin: URL;
  /** The last to become idle is the first to be used, so that the others can end. */
  readonly #idle: Connection[] = [];
  readonly #open = new Set<Connection>();
  readonly #waiting = new Set<Exchange>();
  #connecting = 0;
  #sweep: NodeJS.Timeout | undefined;
  #isClosing = false;
  #closed: (() => void) | undefined;

  constructor(origin: URL, options: ConnectionPoolOptions) {
    this.#origin = origin;
    this.#options = options;
  }

  /** Sends a request; every outcome is told to the responder, which may abort it at any time. */
  dispatch(request: ExchangeRequest, responder: Dispatcher.DispatchHandler): void {
    const exchange = new Exchange(request, responder, (aborted, reason) =>
      this.#abort(aborted, reason),
    );
    responder.onRequestStart?.(exchange, undefined);
    if (exchange.aborted) return;
    if (this.#isClosing) {
      exchange.fail(new PoolClosed());
      return;
    }
    const connection = this.#takeIdle();
    if (connection) this.#send(connection, exchange);
    else {
      this.#waiting.add(exchange);
      this.#connect();
    }
  }

  /** Takes nothing more, lets what is under way finish, and closes all connections. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#sweep);
    for (const connection of this.#idle.splice(0)) connection.destroy();
    if (this.#isEmpty()) return;
    await new Promise<void>((resolve) => (this.#closed = resolve));
  }

  onIdle(connection: Connection): void {
    if (performance.now() - connection.openedAtMs > this.#options.maxAgeMs) connection.destroy();
    else this.#use(connection);
  }

  onClose(connection: Connection): void {
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    if (this.#waiting.size > 0) this.#connect();
    else if (this.#isClosing && this.#isEmpty()) this.#closed?.();
  }

  /** Gives a connection to whoever waits longest, or keeps it. */
  #use(connection: Connection): void {
    const next = first(this.#waiting);
    if (next) {
      this.#waiting.delete(next);
      this.#send(connection, next);
    } else if (this.#isClosing) {
      connection.destroy();
    } else {
      const idleMs = Math.min(this.#options.maxIdleMs, connection.keepAliveHintMs);
      // Too old for another exchange is too old to wait for one.
      const oldMs = connection.openedAtMs + this.#options.maxAgeMs;
      connection.rest(Math.min(performance.now() + idleMs, oldMs));
      this.#idle.push(connection);
      this.#sweep ??= setInterval(() => this.#closeIdle(), sweepIntervalMs).unref();
    }
  }

  #isEmpty(): boolean {
    return this.#open.size === 0 && this.#connecting === 0 && this.#waiting.size === 0;
  }

  #takeIdle(): Connection | undefined {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (connection.isOpen && connection.idleUntilMs > performance.now()) return connection;
      connection.destroy();
    }
    return undefined;
  }

  #send(connection: Connection, exchange: Exchange): void {
    try {
      connection.send(exchange, this.#origin.host);
    } catch (error) {
      exchange.fail(error as Error);
      this.onIdle(connection);
    }
  }

  /** Opens a connection if somebody waits for whom none is being opened yet. */
  #connect(): void {
    if (this.#connecting >= this.#waiting.size) return;
    if (this.#open.size + this.#connecting >= this.#options.maxConnections) return;
    this.#connecting += 1;
    const { protocol, host, hostname, port } = this.#origin;
    this.#options.connect(
      { protocol, host, hostname: hostname.replace(/^\[|\]$/g, ''), port },
      (error, socket) => {
        this.#connecting -= 1;
        if (error) this.#failOne(error);
        else this.#add(socket as Socket);
      },
    );
  }

  #add(socket: Socket): void {
    const connection = new Connection(socket, this);
    this.#open.add(connection);
    this.#use(connection);
  }

  /** A connection was opened for each that waits, so its failure is that of one of them. */
  #failOne(error: Error): void {
    const exchange = first(this.#waiting);
    if (exchange) {
      this.#waiting.delete(exchange);
      exchange.fail(error);
    }
    this.#connect();
    if (this.#isClosing && this.#isEmpty()) this.#closed?.();
  }

  #abort(exchange: Exchange, reason: Error): void {
    if (this.#waiting.delete(exchange)) exchange.fail(reason);
    else exchange.carrier?.destroy(reason);
  }

  #closeIdle(): void {
    const nowMs = performance.now();
    for (const connection of this.#idle.filter(({ idleUntilMs }) => idleUntilMs <= nowMs)) {
      connection.destroy();
    }
    if (this.#idle.length > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}

function first<Item>(items: ReadonlySet<Item>): Item | undefined {
  for (const item of items) return item;
  return undefined;
}
