import type { Logger } from '@trellis/platform/log';
import type { z } from 'zod';
import { reportState } from '../state.ts';
import { createLimitControl } from './adjust-limit.ts';
import type { Admission } from './admission.ts';
import { readMemoryShare } from './memory-share.ts';
import type { overloadOptions } from './options.ts';

export interface WatchLoadOptions {
  readonly admission: Admission;
  readonly overload: z.output<typeof overloadOptions>;
  readonly log: Logger;
}

/** How often the event loop is looked at. Idle, twenty of these a second cost less than one request. */
const stepMs = 50;
/** Memory is looked at every so many steps. */
const stepsPerMemory = 5;
/** Shedding is one state: it is logged when it begins, and when it has been over for a while. */
const calmMs = 2_000;

/**
 * Looks at event loop and memory, and moves the limit of the admission.
 * @returns the function that ends it
 */
export function watchLoad({ admission, overload, log }: WatchLoadOptions): () => void {
  const control = createLimitControl(overload);
  const tell = createLoadLog(log);
  let memoryShare = readMemoryShare();
  let delayMs = 0;
  let steps = 0;
  let lookedAt = performance.now();
  const timeOf = createWaitMeter(admission);

  const timer = setInterval(() => {
    const now = performance.now();
    const elapsedMs = now - lookedAt;
    lookedAt = now;
    delayMs = Math.max(0, elapsedMs - stepMs);
    steps += 1;
    if (steps % stepsPerMemory === 0) memoryShare = readMemoryShare();
    const { underWay } = admission;
    const waitMs = timeOf(elapsedMs);
    admission.limit = control.adjust({ elapsedMs, delayMs, waitMs, memoryShare, underWay });
    admission.reason = control.reason();
    tell(now, admission, { delayMs, memoryShare });
  }, stepMs);
  timer.unref();
  const endReport = reportState(() => ({
    requestsUnderWay: admission.underWay,
    requestLimit: admission.limit,
    requestsShedTotal: admission.shed,
    eventLoopDelayMs: delayMs,
    memoryShare,
  }));
  return () => {
    clearInterval(timer);
    endReport();
  };
}

/** Over this time the number of answers in a second is averaged. */
const averagedMs = 1_000;

/** Returns what tells how long requests take by Little's law: those under way, over those answered in a second. */
function createWaitMeter(admission: Admission): (elapsedMs: number) => number {
  let finished = admission.finished;
  let perMs = 0;
  return (elapsedMs) => {
    const rate = (admission.finished - finished) / elapsedMs;
    finished = admission.finished;
    perMs += (rate - perMs) * Math.min(1, elapsedMs / averagedMs);
    return admission.underWay === 0 ? 0 : admission.underWay / perMs;
  };
}

type TellLoad = (
  now: number,
  admission: Admission,
  seen: { readonly delayMs: number; readonly memoryShare: number },
) => void;

function createLoadLog(log: Logger): TellLoad {
  let lastShed = 0;
  let lastShedAt = 0;
  let shedBefore: number | undefined;
  return (now, { shed, limit, underWay }, { delayMs, memoryShare }) => {
    if (shed > lastShed) {
      lastShedAt = now;
      if (shedBefore === undefined) {
        shedBefore = lastShed;
        const seen = { delayMs: Math.round(delayMs), memoryShare: Number(memoryShare.toFixed(2)) };
        log.warn({ limit, underWay, ...seen }, 'too much to do: refusing requests with 503');
      }
      lastShed = shed;
    } else if (shedBefore !== undefined && now - lastShedAt > calmMs) {
      log.info({ refused: shed - shedBefore }, 'no longer refusing requests');
      shedBefore = undefined;
    }
  };
}
