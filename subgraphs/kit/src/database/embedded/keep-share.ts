import { setTimeout as delay } from 'node:timers/promises';
import type { ShareClient } from './server-share.ts';

/** A connection that keeps the clone's server running, and where that server listens. */
export interface Share {
  readonly client: ShareClient;
  readonly port: number;
}

export interface KeepOptions {
  /** Takes a share again, starting the server if nobody has. */
  readonly take: () => Promise<Share>;
  readonly onLost: () => void;
  /** The server answers again: as a rule at the same port. */
  readonly onReturn: (port: number) => void;
  /** It could not be brought back, which is tried again. Told when the reason is another one than before. */
  readonly onFailure: (error: Error) => void;
}

/** A share that is taken again whenever the server was lost. */
export interface KeptShare {
  /** Keeps it no longer. @returns the share held last */
  give(): Promise<Share>;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** A server that lasted so long has recovered: its next end is a first one. */
const recoveredMs = 30_000;

/**
 * Takes the share again when its connection ends: the server was killed, or has crashed and recovers. PostgreSQL has
 * every acknowledged write in its log by then. A server that ends again and again is started less and less often.
 */
export function keepShare(first: Share, options: KeepOptions): KeptShare {
  const stopping = new AbortController();
  const stopped = new Promise((resolve) => (stopping.signal.onabort = resolve));
  let share = first;

  async function keep(): Promise<void> {
    let pauseMs = firstPauseMs;
    for (;;) {
      const heldSince = performance.now();
      await Promise.race([share.client.ended, stopped]);
      if (stopping.signal.aborted) return;
      options.onLost();
      if (performance.now() - heldSince > recoveredMs) pauseMs = firstPauseMs;
      let lastWords = '';
      for (let isBack = false; !isBack; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
        await delay(pauseMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
        if (stopping.signal.aborted) return;
        try {
          share = await options.take();
          isBack = true;
        } catch (error) {
          const { message } = error as Error;
          if (message !== lastWords) options.onFailure(error as Error);
          lastWords = message;
        }
      }
      if (!stopping.signal.aborted) options.onReturn(share.port);
    }
  }

  const kept = keep();
  return {
    async give() {
      stopping.abort();
      await kept;
      return share;
    },
  };
}
