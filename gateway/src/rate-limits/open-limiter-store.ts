import type { Logger } from '@trellis/platform/log';
import type { LimiterStore } from './limiter.ts';
import { memoryStore } from './memory-limiter.ts';
import type { RateLimitOptions } from './options.ts';

/**
 * Opens where points are counted: the memory of this process, or Redis where its address is set.
 * @throws Error when the environment variable that should hold the address does not
 */
export async function openLimiterStore(
  { redis }: RateLimitOptions,
  log: Logger,
  env: NodeJS.ProcessEnv,
): Promise<LimiterStore> {
  if (!redis) return memoryStore;
  const { urlEnv, prefix, timeoutMs } = redis;
  const url = redis.url ?? env[urlEnv ?? ''] ?? '';
  if (!/^rediss?:\/\//.test(url)) {
    throw new Error(`rateLimits.redis: ${urlEnv} must hold an address such as redis://host:6379.`);
  }
  const { openRedisStore } = await import('./redis-limiter.ts');
  return openRedisStore({ url, prefix, timeoutMs, log });
}
