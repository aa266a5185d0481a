import { z } from 'zod';

const perSeconds = z
  .int()
  .min(1)
  .max(86_400)
  .default(60)
  .describe('Length of the window. It begins with the first request.');

const requests = z.int().min(1).describe('Requests in a window.');

const callerLimit = z
  .strictObject({
    requests: requests.optional(),
    cost: z
      .int()
      .min(1)
      .optional()
      .describe(
        'Cost of all operations in a window, by `operation.cost`; without it each costs 1.',
      ),
    perSeconds,
  })
  .refine(({ requests: count, cost }) => count !== undefined || cost !== undefined, {
    error: 'requests or cost must be given',
  })
  .optional();

const operationRule = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .optional()
      .describe('Operation name. Clients choose it: for clients you trust.'),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe('The `operationHash` of the access log.'),
    field: z
      .string()
      .regex(/^(Query|Mutation|Subscription)\.[_A-Za-z][_0-9A-Za-z]*$/)
      .optional()
      .describe(
        'A root field, such as `Mutation.placeOrder`. Each use under another alias counts.',
      ),
    requests,
    perSeconds,
    per: z
      .enum(['caller', 'everybody'])
      .default('caller')
      .describe('Whether each caller has the limit for itself, or all share it.'),
  })
  .refine(({ name, hash, field }) => [name, hash, field].filter(Boolean).length === 1, {
    error: 'exactly one of name, hash and field must be given',
  });

/** Settings of the part `rateLimits`. Where none is set nothing is counted. */
export const rateLimitOptions = z
  .strictObject({
    anonymous: callerLimit.describe(
      'Callers without credentials, each by its address (IPv6: by its /64 network).',
    ),
    users: callerLimit.describe('Each user, by subject.'),
    services: callerLimit.describe('Each service and API key, beside the limit of the key itself.'),
    refusedCredentials: z
      .strictObject({ requests, perSeconds })
      .optional()
      .describe(
        'How often an address may present credentials that are refused. Above it no credentials of that address are looked at until the window ends. Counted by each process for itself.',
      ),
    operations: z
      .array(operationRule)
      .default([])
      .describe(
        'Limits of single operations: `name`, `hash` or `field`, with `requests`, `perSeconds` and `per`.',
      ),
    headers: z
      .boolean()
      .default(true)
      .describe('Whether answers tell what is left in `RateLimit` and `RateLimit-Policy`.'),
    redis: z
      .strictObject({
        url: z
          .string()
          .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
          .optional()
          .describe('Address of the Redis server that all gateways count in.'),
        urlEnv: z
          .string()
          .min(1)
          .optional()
          .describe('Environment variable with that address, which may hold a password.'),
        prefix: z.string().min(1).default('trellis').describe('Begins every key.'),
        timeoutMs: z
          .int()
          .min(1)
          .max(10_000)
          .default(100)
          .describe('How long one count may take before it is made in memory.'),
      })
      .refine(({ url, urlEnv }) => (url === undefined) !== (urlEnv === undefined), {
        error: 'exactly one of url and urlEnv must be given',
      })
      .optional()
      .describe('Where gateways count together. Without it each process counts for itself.'),
  })
  .prefault({});

export type RateLimitOptions = z.output<typeof rateLimitOptions>;
export type OperationRule = z.output<typeof operationRule>;
