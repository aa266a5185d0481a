/** What a worker tells its supervisor. */
export type WorkerMessage =
  | { readonly trellis: 'ready'; readonly url: string }
  /** Its event loop turns. */
  | { readonly trellis: 'alive' };

/** What every worker is told of all of them. */
export interface WorkersState {
  readonly trellis: 'workers';
  readonly count: number;
  readonly ready: number;
  readonly restarts: number;
  /** Whether all of them have been ready once. */
  readonly isStarted: boolean;
}

/** How often a worker gives a sign of life. */
export const aliveMs = 500;

/** Messages of others on the same channel, such as those of node:cluster, are not ours. */
export function isOurs<Message extends { readonly trellis: string }>(
  message: unknown,
): message is Message {
  return typeof message === 'object' && message !== null && 'trellis' in message;
}
