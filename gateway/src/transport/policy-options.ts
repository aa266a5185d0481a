import { z } from 'zod';

const milliseconds = z.number().int().min(1).max(3_600_000);
const count = z.number().int().min(1);

export const retryOptions = z.strictObject({
  attempts: z
    .number()
    .int()
    .min(0)
    .max(10)
    .optional()
    .describe('Tries after the first one. 0 switches retries off. Mutations are never repeated.'),
  backoffMs: milliseconds
    .optional()
    .describe('Upper bound of the first random pause; doubles with every try (full jitter).'),
  maxBackoffMs: milliseconds.optional().describe('Longest pause between two tries.'),
  budgetPercent: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe('Share of all fetches that may be retries, in percent, beyond ten per second.'),
});

export const breakerOptions = z.strictObject({
  isEnabled: z.boolean().optional().describe('Whether the circuit breaker works at all.'),
  scope: z
    .enum(['subgraph', 'fields'])
    .optional()
    .describe(
      '`subgraph`: one breaker for all; `fields`: one per set of fields that are fetched together, `Product.inStock` for fields of entities.',
    ),
  failurePercent: z
    .number()
    .min(1)
    .max(100)
    .optional()
    .describe('Share of failed fetches in the window that opens the breaker.'),
  minRequests: count
    .optional()
    .describe('Fetches the window must hold before the breaker may open.'),
  windowMs: milliseconds.optional().describe('Length of the window that failures are counted in.'),
  openMs: milliseconds
    .optional()
    .describe('How long an open breaker refuses before it lets probes through.'),
  probes: count
    .max(5)
    .optional()
    .describe(
      'Fetches let through at once while half open; as many successes in a row close the breaker.',
    ),
  fallback: z
    .enum(['error', 'null', 'last-good'])
    .optional()
    .describe(
      'What callers get while the breaker is open: an error, null without an error, or the last good answer to the same question.',
    ),
  maxFallbackAgeMs: milliseconds.optional().describe('How old a last good answer may be.'),
});

export const bulkheadOptions = z.strictObject({
  maxConcurrent: count
    .max(10_000)
    .optional()
    .describe('Fetches under way to this subgraph at once; as many sockets are opened at most.'),
  maxQueued: z
    .number()
    .int()
    .min(0)
    .max(100_000)
    .optional()
    .describe('Fetches that may wait for a place. More are refused at once.'),
});

export const hedgeOptions = z.strictObject({
  afterMs: milliseconds.describe(
    'A second, equal query goes out when the first has no answer after this time. The first answer wins.',
  ),
  maxPercent: z
    .number()
    .min(0)
    .max(100)
    .default(10)
    .describe('Share of fetches that may be hedged, in percent.'),
});
