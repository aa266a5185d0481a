import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { anonymous, type Identity } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { refused } from './jwt.ts';
import type { AuthenticationOptions } from './options.ts';

const apiKeySchema = z.strictObject({
  /** For people: whose key it is. */
  name: z.string().min(1),
  /** The first part of the key, up to its second underscore: enough to find it, worthless alone. */
  prefix: z.string().regex(/^trl_[A-Za-z0-9]{8}$/),
  /** SHA-256 of the whole key, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  roles: z.array(z.string()).default([]),
  scopes: z.array(z.string()).default([]),
  attributes: z.record(z.string(), z.string()).default({}),
  requestsPerMinute: z.int().min(1).optional(),
  expiresAt: z.iso.datetime().optional(),
  isRevoked: z.boolean().default(false),
});

const apiKeysSchema = z.array(apiKeySchema);

interface KnownKey {
  readonly name: string;
  readonly hash: Buffer;
  readonly identity: Identity;
  readonly expiresAtMs: number;
  readonly isRevoked: boolean;
  readonly limiter: RateLimiterMemory;
}

export interface ApiKeys {
  /** @throws GatewayError UNAUTHENTICATED, or RATE_LIMITED when the key asked too often */
  verify(key: string): Promise<Identity>;
  /** When each key was last accepted since the start, milliseconds since the epoch, by prefix. */
  readonly lastUse: ReadonlyMap<string, number>;
}

/** How often the file is looked at, at most. */
const lookIntervalMs = 1_000;

/**
 * Opens the file of API keys: `trl_<8 characters>_<secret>`, of which only the hash is kept. An unreadable newer
 * version is reported and ends nobody's access: the last good one stands.
 * @throws Error with one clear message when the first version cannot be read
 */
export function createApiKeys(
  options: NonNullable<AuthenticationOptions['apiKeys']>,
  log: Logger,
): ApiKeys {
  const { file } = options;
  let modifiedAtMs = statSync(file).mtimeMs;
  let known = readKeys(file, options.requestsPerMinute, new Map());
  let nextLookAt = performance.now() + lookIntervalMs;
  const lastUse = new Map<string, number>();

  function look(): void {
    if (performance.now() < nextLookAt) return;
    nextLookAt = performance.now() + lookIntervalMs;
    try {
      const { mtimeMs } = statSync(file);
      if (mtimeMs === modifiedAtMs) return;
      known = readKeys(file, options.requestsPerMinute, known);
      modifiedAtMs = mtimeMs;
      log.info({ keys: known.size }, 'API keys read again');
    } catch (error) {
      log.error({ err: error }, 'API keys cannot be read; the last good ones stand');
    }
  }

  return {
    lastUse,
    async verify(key) {
      look();
      const prefix = key.slice(0, 12);
      const entry = known.get(prefix);
      const hash = createHash('sha256').update(key).digest();
      if (!entry || !timingSafeEqual(hash, entry.hash)) throw refused();
      if (entry.isRevoked || entry.expiresAtMs <= Date.now()) throw refused();
      await consume(entry.limiter, prefix);
      if (!lastUse.has(prefix))
        log.info({ apiKey: prefix, name: entry.name }, 'API key first used');
      lastUse.set(prefix, Date.now());
      return entry.identity;
    },
  };
}

async function consume(limiter: RateLimiterMemory, prefix: string): Promise<void> {
  try {
    await limiter.consume(prefix);
  } catch {
    throw new GatewayError('RATE_LIMITED', 'This API key asked too often. Wait a minute.');
  }
}

function readKeys(
  file: string,
  requestsPerMinute: number,
  before: ReadonlyMap<string, KnownKey>,
): Map<string, KnownKey> {
  const parsed = apiKeysSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return new Map(
    parsed.data.map((entry) => {
      const points = entry.requestsPerMinute ?? requestsPerMinute;
      const same = before.get(entry.prefix)?.limiter;
      return [
        entry.prefix,
        {
          name: entry.name,
          hash: Buffer.from(entry.sha256, 'hex'),
          identity: identityOf(entry),
          expiresAtMs: entry.expiresAt === undefined ? Infinity : Date.parse(entry.expiresAt),
          isRevoked: entry.isRevoked,
          limiter: same?.points === points ? same : new RateLimiterMemory({ points, duration: 60 }),
        },
      ];
    }),
  );
}

function identityOf({ name, roles, scopes, attributes }: z.output<typeof apiKeySchema>): Identity {
  return Object.freeze({
    ...anonymous,
    kind: 'service' as const,
    subject: name,
    roles: Object.freeze(roles),
    scopes: Object.freeze(scopes),
    attributes: Object.freeze(attributes),
  });
}
