import type { z } from 'zod';
import { outcomeChannel, type RequestRecord } from '../channels.ts';
import type { supergraphOptions } from './options.ts';

type RollbackOptions = z.output<typeof supergraphOptions>['rollback'];

export interface ProbationOutcome {
  /** Called once when errors have jumped. */
  readonly onJump: (reason: string) => void;
  /** Called once when the window is over without that. */
  readonly onPassed: () => void;
}

export interface ErrorWatch {
  /**
   * A new supergraph has taken over: from now on its answers are compared with those before.
   */
  begin(supergraphId: string, outcome: ProbationOutcome): void;
  /** Nothing is watched until the next `begin`. */
  cancel(): void;
  stop(): void;
}

/** Refusals that say something of the caller or of the load, and nothing of the supergraph. */
const unrelated: ReadonlySet<number> = new Set([401, 403, 413, 429, 499, 503]);

interface Count {
  requests: number;
  failed: number;
}

interface Probation extends Count {
  readonly supergraphId: string;
  readonly shareBefore: number;
  readonly timer: NodeJS.Timeout;
  readonly onJump: (reason: string) => void;
}

/**
 * Counts requests with errors, all the time: two numbers per request. A new supergraph is judged only where enough
 * requests came before it to compare with.
 */
export function watchErrors(options: RollbackOptions): ErrorWatch {
  const { windowMs, minRequests, maxErrorIncrease } = options;
  /** The window that runs, and the one before. */
  let recent: Count = { requests: 0, failed: 0 };
  let earlier: Count = { requests: 0, failed: 0 };
  let probation: Probation | undefined;

  function count(message: unknown): void {
    const { status, errorCount, supergraphId } = message as RequestRecord;
    if (unrelated.has(status)) return;
    const isFailed = errorCount > 0 || status >= 400;
    if (!probation || probation.supergraphId !== supergraphId) {
      add(recent, isFailed);
      return;
    }
    add(probation, isFailed);
    if (isFailed) judge(probation);
  }

  function judge(current: Probation): void {
    const share = current.failed / current.requests;
    if (current.requests < minRequests || share <= current.shareBefore + maxErrorIncrease) return;
    cancel();
    const percent = (part: number): string => `${Math.round(part * 100)}%`;
    current.onJump(
      `${percent(share)} of ${current.requests} requests had errors, ${percent(current.shareBefore)} before`,
    );
  }

  function cancel(): void {
    clearTimeout(probation?.timer);
    probation = undefined;
  }

  outcomeChannel.subscribe(count);
  const turn = setInterval(() => {
    earlier = recent;
    recent = { requests: 0, failed: 0 };
  }, windowMs).unref();

  return {
    begin(supergraphId, { onJump, onPassed }) {
      cancel();
      const requests = earlier.requests + recent.requests;
      const failed = earlier.failed + recent.failed;
      const shareBefore = requests < minRequests ? 1 : failed / requests;
      const timer = setTimeout(() => {
        cancel();
        onPassed();
      }, windowMs).unref();
      probation = { supergraphId, shareBefore, timer, onJump, requests: 0, failed: 0 };
    },
    cancel,
    stop() {
      cancel();
      clearInterval(turn);
      outcomeChannel.unsubscribe(count);
    },
  };
}

function add(count: Count, isFailed: boolean): void {
  count.requests += 1;
  if (isFailed) count.failed += 1;
}
