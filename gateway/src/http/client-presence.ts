import type { CallerSignal } from '../request.ts';

/**
 * Tells whether the client of a request is still there. An AbortSignal does the same, but making one per request costs
 * more than reading the request, and each is an object of a kind of its own, so that whoever looks at it looks it up anew.
 */
export class ClientPresence implements CallerSignal {
  aborted = false;
  #listeners: Set<() => void> | undefined;

  /** The client has gone: everybody who listens is told, once. */
  leave(): void {
    if (this.aborted) return;
    this.aborted = true;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener();
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    (this.#listeners ??= new Set()).add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener);
  }
}
