import { createHash, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { anonymous, type Identity } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import { checkConfig, ConfigError } from '@trellis/platform/read-config';
import { z } from 'zod';
import type { RequestRecord } from '../channels.ts';
import type { Enforce } from '../rate-limits/enforce.ts';
import type { Limiter, LimiterStore } from '../rate-limits/limiter.ts';
import { refused } from './jwt.ts';
import { lastUseFileOf, openLastUse } from './last-use.ts';
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
  readonly limiter: Limiter;
}

export interface ApiKeys {
  /** @throws GatewayError UNAUTHENTICATED, or RATE_LIMITED when the key asked too often */
  verify(key: string, record: RequestRecord): Promise<Identity>;
  stop(): Promise<void>;
}

export interface ApiKeysInput {
  readonly log: Logger;
  readonly limiters: LimiterStore;
  readonly enforce: Enforce;
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
  { log, limiters, enforce }: ApiKeysInput,
): ApiKeys {
  const { file, requestsPerMinute } = options;
  const lastUse = openLastUse(options.lastUseFile ?? lastUseFileOf(file), log);
  const read = (before: ReadonlyMap<string, KnownKey>): Map<string, KnownKey> =>
    readKeys(file, { requestsPerMinute, before, limiters });
  if (!existsSync(file)) {
    throw new ConfigError(
      `authentication.apiKeys.file: there is no ${file}. Make a first key with: npm run -s api-key -- create NAME --file ${file}`,
    );
  }
  let modifiedAtMs = statSync(file).mtimeMs;
  let known = read(new Map());
  let nextLookAt = performance.now() + lookIntervalMs;

  function look(): void {
    if (performance.now() < nextLookAt) return;
    nextLookAt = performance.now() + lookIntervalMs;
    try {
      const { mtimeMs } = statSync(file);
      if (mtimeMs === modifiedAtMs) return;
      known = read(known);
      modifiedAtMs = mtimeMs;
      log.info({ keys: known.size }, 'API keys read again');
    } catch (error) {
      log.error({ err: error }, 'API keys cannot be read; the last good ones stand');
    }
  }

  return {
    async verify(key, record) {
      look();
      const prefix = key.slice(0, 12);
      const entry = known.get(prefix);
      const hash = createHash('sha256').update(key).digest();
      if (!entry || !timingSafeEqual(hash, entry.hash)) throw refused();
      if (entry.isRevoked || entry.expiresAtMs <= Date.now()) throw refused();
      await enforce([{ limiter: entry.limiter, key: prefix, points: 1 }], record);
      lastUse.note(prefix);
      return entry.identity;
    },
    stop: () => lastUse.stop(),
  };
}

interface KeysInput {
  readonly requestsPerMinute: number;
  /** A key whose limit is the same goes on counting. */
  readonly before: ReadonlyMap<string, KnownKey>;
  readonly limiters: LimiterStore;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

function readKeys(
  file: string,
  { requestsPerMinute, before, limiters }: KeysInput,
): Map<string, KnownKey> {
  const keys = checkConfig(apiKeysSchema, readJson(file), file);
  return new Map(
    keys.map((entry) => {
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
          limiter:
            same?.policy.points === points
              ? same
              : limiters.create({ name: 'api-key', points, seconds: 60 }),
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
