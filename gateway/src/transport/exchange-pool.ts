import type { Dispatcher } from 'undici';
import type { ExchangeRequest } from './http1/exchange.ts';

/** Carries exchanges over sockets. */
export interface ExchangePool {
  /** Sends a request; every outcome is told to the responder, which may abort it at any time. */
  dispatch(request: ExchangeRequest, responder: Dispatcher.DispatchHandler): void;
  /** Takes nothing more, lets what is under way finish, and closes all sockets. */
  close(): Promise<void>;
}
