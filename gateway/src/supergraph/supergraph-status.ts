import type { Logger } from '@trellis/platform/log';
import { announce } from '../channels.ts';
import { reportState } from '../state.ts';

export interface SupergraphStatus {
  /** Nothing is told any more. */
  readonly end: () => void;
  /** What is served comes from disk. */
  readonly behind: () => void;
  /** The source has what is served. */
  readonly upToDate: () => void;
  readonly swapped: (described: Record<string, unknown>) => void;
  readonly refused: (reason: string) => void;
  readonly rolledBack: (reason: string, described: Record<string, unknown>) => void;
  readonly unreadable: (reason: string) => void;
  readonly readable: () => void;
}

/** What has become of the versions so far: for the log, once per change, and for whoever asks for the state. */
export function createSupergraphStatus(source: string, log: Logger): SupergraphStatus {
  const counts = { swaps: 0, refusals: 0, rollbacks: 0 };
  let isReadable = true;
  let isNewest = true;
  const end = reportState(() => ({
    supergraphSwapsTotal: counts.swaps,
    supergraphRefusalsTotal: counts.refusals,
    supergraphRollbacksTotal: counts.rollbacks,
    supergraphIsStale: isReadable && isNewest ? 0 : 1,
  }));
  return {
    end,
    behind: () => (isNewest = false),
    upToDate: () => (isNewest = true),
    swapped(described: Record<string, unknown>) {
      counts.swaps += 1;
      isNewest = true;
      log.info({ source, ...described }, 'supergraph swapped');
      announce({ event: 'supergraph', outcome: 'swapped' });
    },
    refused(reason: string) {
      counts.refusals += 1;
      isNewest = false;
      log.error({ source, reason }, 'supergraph refused, serving the last good one');
      announce({ event: 'supergraph', outcome: 'refused' });
    },
    rolledBack(reason: string, described: Record<string, unknown>) {
      counts.rollbacks += 1;
      isNewest = false;
      log.error({ source, reason, ...described }, 'supergraph rolled back, serving the one before');
      announce({ event: 'supergraph', outcome: 'rolledBack' });
    },
    unreadable(reason: string) {
      if (isReadable) log.warn({ source, reason }, 'supergraph cannot be read');
      if (isReadable) announce({ event: 'supergraph', outcome: 'unreadable' });
      isReadable = false;
    },
    readable() {
      if (!isReadable) log.info({ source }, 'supergraph can be read again');
      isReadable = true;
    },
  };
}
