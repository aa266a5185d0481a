import type { Traffic } from './options.ts';
import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts';

export type CircuitState = 'closed' | 'open' | 'half-open';

/**
 * Decides whether a fetch may go out. Closed: all may, and outcomes are counted. Open: none, for `openMs`. Then half open:
 * up to `probes` at a time; as many successes in a row close it, one failure opens it again.
 */
export class Circuit {
  readonly #settings: Traffic['breaker'];
  readonly #now: () => number;
  readonly #window: SlidingWindow;
  readonly #onChange: (state: CircuitState) => void;
  #state: CircuitState = 'closed';
  #openedAtMs = 0;
  #probesOut = 0;
  #probesGood = 0;

  /** @param now a monotonic clock in milliseconds */
  constructor(
    settings: Traffic['breaker'],
    now: () => number = () => performance.now(),
    onChange: (state: CircuitState) => void = () => undefined,
  ) {
    this.#settings = settings;
    this.#now = now;
    this.#onChange = onChange;
    this.#window = createSlidingWindow(settings.windowMs, now);
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** @returns a function to call with the outcome, exactly once; undefined when the fetch must not go out */
  enter(): ((outcome: 'success' | 'failure' | 'neutral') => void) | undefined {
    if (this.#state === 'closed') return this.#whileClosed;
    const isRested = this.#now() - this.#openedAtMs >= this.#settings.openMs;
    if (this.#state === 'open' && isRested) {
      this.#enter('half-open');
      this.#probesOut = 0;
      this.#probesGood = 0;
    }
    if (this.#state === 'open' || this.#probesOut >= this.#settings.probes) return undefined;
    this.#probesOut += 1;
    return this.#probe;
  }

  readonly #whileClosed = (outcome: 'success' | 'failure' | 'neutral'): void => {
    // What was sent before the breaker opened says nothing about the subgraph of now.
    if (outcome === 'neutral' || this.#state !== 'closed') return;
    this.#window.add(outcome === 'failure');
    if (outcome === 'success') return;
    const { requests, failures } = this.#window.totals();
    const { minRequests, failurePercent } = this.#settings;
    if (requests >= minRequests && failures * 100 >= requests * failurePercent) this.#open();
  };

  readonly #probe = (outcome: 'success' | 'failure' | 'neutral'): void => {
    if (this.#state !== 'half-open') return;
    this.#probesOut -= 1;
    if (outcome === 'failure') this.#open();
    else if (outcome === 'success') {
      this.#probesGood += 1;
      if (this.#probesGood < this.#settings.probes) return;
      this.#enter('closed');
      this.#window.clear();
    }
  };

  #enter(state: CircuitState): void {
    this.#state = state;
    this.#onChange(state);
  }

  #open(): void {
    this.#enter('open');
    this.#openedAtMs = this.#now();
  }
}
