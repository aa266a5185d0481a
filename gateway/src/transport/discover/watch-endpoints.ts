import type { Logger } from '@trellis/platform/log';
import { endpointKey, type Endpoint } from '../instance.ts';

/** What a source said, and when to ask it again. */
export interface Discovered {
  readonly endpoints: readonly Endpoint[];
  readonly validForMs: number;
}

/** Asks where a subgraph listens. Rejects when that cannot be found out now. */
export type ReadEndpoints = () => Promise<Discovered>;

export interface WatchOptions {
  readonly read: ReadEndpoints;
  readonly update: (endpoints: readonly Endpoint[]) => void;
  readonly log: Logger;
  /** How long a failed or empty answer stands: short, so that a name that comes back is found. */
  readonly retryMs?: number;
}

const defaultRetryMs = 1_000;

/**
 * Keeps asking a source. When it fails, or knows nobody, the last good list stays in use: instances that are really
 * gone are left out by their failures, and an outage of the source is not an outage of the subgraph.
 * @returns stops asking
 */
export function watchEndpoints({
  read,
  update,
  log,
  retryMs = defaultRetryMs,
}: WatchOptions): () => void {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let known = '';
  let isFailing = false;

  async function readOnce(): Promise<number> {
    const { endpoints, validForMs } = await read();
    if (endpoints.length === 0) throw new Error('the source lists no instance');
    const keys = endpoints
      .map(
        (endpoint) => `${endpointKey(endpoint)} ${endpoint.weight ?? 1} ${endpoint.priority ?? 0}`,
      )
      .sort()
      .join('\n');
    if (keys !== known && !isStopped) {
      known = keys;
      update(endpoints);
      log.info({ instances: endpoints.length }, 'instances discovered');
    }
    isFailing = false;
    return validForMs;
  }

  async function ask(): Promise<void> {
    let nextMs = retryMs;
    try {
      nextMs = await readOnce();
    } catch (error) {
      if (!isFailing) {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn({ reason }, 'discovery failed, the last known instances stay');
      }
      isFailing = true;
    }
    if (!isStopped) timer = setTimeout(() => void ask(), nextMs).unref();
  }

  void ask();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
