import type { Identity } from '@trellis/platform/identity';
import type { RequestRecord } from '../channels.ts';
import type { Authenticate } from '../authentication/authenticate.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import { addressKey, callerKey } from './caller-key.ts';
import { compileCallerLimits, type CallerLimits } from './caller-limits.ts';
import { refuse, type Enforce } from './enforce.ts';
import type { LimiterStore } from './limiter.ts';
import { createMemoryLimiter } from './memory-limiter.ts';
import { compileOperationRules } from './operation-rules.ts';
import type { RateLimitOptions } from './options.ts';

/**
 * Counts what callers do: at once, unless a store has to be asked. Every function throws, or rejects with, GatewayError
 * RATE_LIMITED when it was too much.
 */
export interface RateLimits {
  /** Before anything of the operation is looked at. */
  countRequest(identity: Identity, record: RequestRecord): Promise<void> | void;
  /** Before it is planned, when `record.cost` is known. */
  countOperation(
    identity: Identity,
    prepared: PreparedOperation,
    record: RequestRecord,
  ): Promise<void> | void;
  /** The same step, for addresses that have not been refused too often. */
  guard(authenticate: Authenticate): Authenticate;
}

/** @returns nothing when no limit is set: then nothing is counted and nothing is paid for it */
export function createRateLimits(
  options: RateLimitOptions,
  store: LimiterStore,
  enforce: Enforce,
): RateLimits | undefined {
  const { anonymous, users, services, operations, refusedCredentials } = options;
  if (!anonymous && !users && !services && !refusedCredentials && operations.length === 0) {
    return undefined;
  }
  const limits: Readonly<Record<Identity['kind'], CallerLimits>> = {
    anonymous: compileCallerLimits('anonymous', anonymous, store),
    user: compileCallerLimits('user', users, store),
    service: compileCallerLimits('service', services, store),
  };
  const rulesOf = compileOperationRules(operations, store);
  return {
    countRequest(identity, record) {
      const limiter = limits[identity.kind].requests;
      if (!limiter) return undefined;
      const key = callerKey(identity, record.clientAddress);
      return enforce([{ limiter, key, points: 1 }], record);
    },
    countOperation(identity, prepared, record) {
      const rules = rulesOf(prepared);
      const limiter = limits[identity.kind].cost;
      if (!limiter && rules.length === 0) return undefined;
      const key = callerKey(identity, record.clientAddress);
      const takeCost = (): Promise<void> | void =>
        limiter && enforce([{ limiter, key, points: Math.ceil(record.cost ?? 1) }], record);
      if (rules.length === 0) return takeCost();
      const counts = rules.map((rule) => ({ ...rule, key: rule.isShared ? 'everybody' : key }));
      const taken = enforce(counts, record);
      // Last, so that nobody pays for what a rule has refused.
      return taken ? taken.then(takeCost) : takeCost();
    },
    guard: (authenticate) => guardCredentials(authenticate, refusedCredentials),
  };
}

/** Trying out credentials costs whoever does it, before any signature is checked. */
function guardCredentials(
  authenticate: Authenticate,
  options: RateLimitOptions['refusedCredentials'],
): Authenticate {
  if (!options) return authenticate;
  const { requests: points, perSeconds: seconds } = options;
  const refusals = createMemoryLimiter({ name: 'refused', points, seconds });
  return async function authenticateGuarded(headers, record) {
    if (headers['authorization'] === undefined && headers['x-api-key'] === undefined) {
      return authenticate(headers, record);
    }
    const key = addressKey(record.clientAddress);
    const before = refusals.look(key);
    if (!before.isAllowed) throw refuse(before, record);
    try {
      return await authenticate(headers, record);
    } catch (error) {
      refusals.take(key, 1);
      throw error;
    }
  };
}
