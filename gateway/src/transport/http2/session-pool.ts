import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { buildConnector, Dispatcher } from 'undici';
import type { ExchangePool } from '../exchange-pool.ts';
import { Exchange, type ExchangeRequest } from '../http1/exchange.ts';
import { PoolClosed } from '../pool-closed.ts';
import { Session } from './session.ts';

export interface SessionPoolOptions {
  /** A session without streams is closed after this time. */
  readonly maxIdleMs: number;
  /** A session older than this takes no new streams. Below 0: each takes one only. */
  readonly maxAgeMs: number;
  readonly connect: buildConnector.connector;
  /** Opens what carries exchanges where the other side speaks no HTTP/2. */
  readonly openFallback: () => ExchangePool;
}

const maxSessionsPerExchange = 3;

/**
 * HTTP/2 to one origin: one session that all exchanges share, and the sessions before it that finish what they have. Ours because
 * undici's client cuts off what is under way when a server says goodbye (decision 0202).
 */
export class SessionPool implements ExchangePool {
  readonly #options: SessionPoolOptions;
  readonly #origin: URL;
  readonly #sessions = new Set<Session>();
  readonly #waiting = new Set<Exchange>();
  /** How often an exchange found a session that let nothing out any more. */
  readonly #unsent = new WeakMap<Exchange, number>();
  #current: Session | undefined;
  #fallback: ExchangePool | undefined;
  #connecting = 0;
  #isClosing = false;
  #closed: (() => void) | undefined;

  constructor(origin: URL, options: SessionPoolOptions) {
    this.#origin = origin;
    this.#options = options;
  }

  dispatch(request: ExchangeRequest, responder: Dispatcher.DispatchHandler): void {
    if (this.#fallback) {
      this.#fallback.dispatch(request, responder);
      return;
    }
    const exchange = new Exchange(request, responder, (aborted, reason) => {
      if (this.#waiting.delete(aborted)) aborted.fail(reason);
      else aborted.carrier?.destroy(reason);
    });
    responder.onRequestStart?.(exchange, undefined);
    if (exchange.aborted) return;
    if (this.#isClosing) exchange.fail(new PoolClosed());
    else if (this.#isUsable(this.#current)) this.#current.send(exchange);
    else this.#wait(exchange);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const session of this.#sessions) session.closeWhenIdle();
    await this.#fallback?.close();
    if (this.#isEmpty()) return;
    await new Promise<void>((resolve) => (this.#closed = resolve));
  }

  #isUsable(session: Session | undefined): session is Session {
    if (!session?.isOpen) return false;
    if (performance.now() - session.openedAtMs <= this.#options.maxAgeMs) return true;
    session.close();
    return false;
  }

  #wait(exchange: Exchange): void {
    this.#waiting.add(exchange);
    // One session is enough for all, unless each is to have its own.
    if (this.#connecting > 0 && this.#options.maxAgeMs >= 0) return;
    this.#connecting += 1;
    const { protocol, host, hostname, port } = this.#origin;
    this.#options.connect(
      { protocol, host, hostname: hostname.replace(/^\[|\]$/g, ''), port },
      (error, socket) => {
        this.#connecting -= 1;
        if (error) this.#fail(error);
        else this.#use(socket as Socket);
        this.#tellWhenEmpty();
      },
    );
  }

  /** A server that says goodbye to each session at once is not asked without end. */
  #waitAgain(exchange: Exchange): void {
    const times = (this.#unsent.get(exchange) ?? 0) + 1;
    this.#unsent.set(exchange, times);
    if (times > maxSessionsPerExchange || this.#isClosing) exchange.fail(new PoolClosed());
    else this.#wait(exchange);
  }

  #use(socket: Socket): void {
    const { alpnProtocol } = socket as Partial<TLSSocket>;
    // Without TLS it is spoken with prior knowledge (RFC 9113 §3.3), and there is nothing to agree on.
    if (this.#origin.protocol === 'https:' && alpnProtocol !== 'h2') {
      socket.destroy();
      this.#fallBack();
      return;
    }
    const isShared = this.#options.maxAgeMs >= 0;
    const session = new Session(this.#origin, socket, {
      maxIdleMs: isShared ? this.#options.maxIdleMs : 0,
      onUnsent: (exchange) => this.#waitAgain(exchange),
      onClose: (closed) => {
        this.#sessions.delete(closed);
        if (this.#current === closed) this.#current = undefined;
        this.#tellWhenEmpty();
      },
    });
    this.#sessions.add(session);
    if (isShared) this.#current = session;
    // Whoever begins to wait meanwhile waits for the next one.
    const waiting = Array.from(this.#waiting);
    let isUsed = false;
    for (const exchange of waiting) {
      if (isUsed && !isShared) break;
      this.#waiting.delete(exchange);
      session.send(exchange);
      isUsed = true;
    }
    // Whoever it was opened for may have left.
    if (!isShared && !isUsed) session.close();
    if (this.#isClosing) session.closeWhenIdle();
  }

  #fail(error: Error): void {
    const waiting = Array.from(this.#waiting);
    for (const exchange of waiting) {
      this.#waiting.delete(exchange);
      exchange.fail(error);
      if (this.#options.maxAgeMs < 0) return;
    }
  }

  #fallBack(): void {
    this.#fallback ??= this.#options.openFallback();
    for (const { request, responder } of this.#waiting) this.#fallback.dispatch(request, responder);
    this.#waiting.clear();
  }

  #isEmpty(): boolean {
    return this.#sessions.size === 0 && this.#connecting === 0;
  }

  #tellWhenEmpty(): void {
    if (this.#isClosing && this.#isEmpty()) this.#closed?.();
  }
}
