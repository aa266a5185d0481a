/** A number of points per key and window. */
export interface Limiter {
  readonly policy: LimiterPolicy;
  /**
   * Takes points of a key. What is refused is given back, so that a request that is too dear does not keep cheap ones out.
   * Never rejects. A promise only where somebody else counts.
   */
  take(key: string, points: number): LimiterState | Promise<LimiterState>;
}

export interface LimiterPolicy {
  /** Short and unique: part of the keys in the store and of the response headers. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

export interface LimiterState {
  readonly policy: LimiterPolicy;
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetMs: number;
}

/** Where points are counted. */
export interface LimiterStore {
  create(policy: LimiterPolicy): Limiter;
  stop(): void;
}
