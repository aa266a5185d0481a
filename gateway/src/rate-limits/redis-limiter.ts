import type { Logger } from '@trellis/platform/log';
import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { LimiterPolicy, LimiterState, LimiterStore } from './limiter.ts';
import { createMemoryLimiter } from './memory-limiter.ts';

export interface RedisStoreOptions {
  readonly url: string;
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly log: Logger;
}

export interface RedisStore extends LimiterStore {
  /** Whether the server is there, and so all gateways count together. */
  isShared(): boolean;
}

/** Pauses between attempts to connect: longer each time, up to this. */
const maxPauseMs = 2_000;

/**
 * Counts in a Redis server, together with all other gateways. The library is loaded only here. While the server is not
 * there, or too slow, this process counts in its own memory: nobody is refused because of that, and nobody is without a limit.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  const { Redis } = await import('ioredis');
  const { url, prefix, timeoutMs, log } = options;
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: timeoutMs,
    retryStrategy: (attempt) => Math.min(attempt * 100, maxPauseMs),
  });
  const watch = watchConnection(client, log);
  return {
    create(policy: LimiterPolicy) {
      const { points, seconds: duration } = policy;
      const shared = new RateLimiterRedis({
        storeClient: client,
        keyPrefix: `${prefix}:${policy.name}`,
        points,
        duration,
        rejectIfRedisNotReady: true,
      });
      const own = createMemoryLimiter(policy);
      return {
        policy,
        async take(key, count) {
          try {
            return await takePoints(shared, policy, { key, count });
          } catch (error) {
            watch.failed(error as Error);
            return own.take(key, count);
          }
        },
      };
    },
    isShared: () => client.status === 'ready',
    stop() {
      watch.stop();
      client.disconnect();
    },
  };
}

/** @throws Error when the server fails */
async function takePoints(
  counter: RateLimiterRedis,
  policy: LimiterPolicy,
  { key, count }: { readonly key: string; readonly count: number },
): Promise<LimiterState> {
  let result: RateLimiterRes;
  try {
    result = await counter.consume(key, count);
  } catch (caught) {
    // The library rejects with what is left when there is not enough, and with an error when it could not count.
    if (!(caught instanceof RateLimiterRes)) throw caught;
    const remaining = Math.max(0, policy.points - (caught.consumedPoints - count));
    await counter.reward(key, count);
    return { policy, isAllowed: false, remaining, resetMs: caught.msBeforeNext };
  }
  const { remainingPoints: remaining, msBeforeNext: resetMs } = result;
  return { policy, isAllowed: true, remaining, resetMs };
}

interface ConnectionWatch {
  /** A count could not be made there. */
  failed(error: Error): void;
  stop(): void;
}

/** Says once that the server is lost, and once that it is back. */
function watchConnection(client: Redis, log: Logger): ConnectionWatch {
  let isLost = false;
  let isStopped = false;
  const lose = (error: Error): void => {
    if (isLost || isStopped) return;
    isLost = true;
    log.error(
      { err: error },
      'rate limits: Redis cannot be reached; this process counts by itself until it is back',
    );
  };
  client.on('error', lose);
  client.on('ready', () => {
    if (isLost) log.info('rate limits: Redis is back');
    isLost = false;
  });
  let isClosing = false;
  client.on('close', () => (isClosing = false));
  client.connect().catch(lose);
  return {
    failed(error) {
      lose(error);
      // A server that hangs would cost every request its timeout: without a connection nobody asks it.
      if (client.status !== 'ready' || isClosing) return;
      isClosing = true;
      client.disconnect(true);
    },
    stop: () => (isStopped = true),
  };
}
