import { z } from 'zod';

/** Settings of the part `overload`: when requests are refused because there is too much to do. */
export const overloadOptions = z
  .strictObject({
    maxRequests: z
      .int()
      .min(1)
      .default(1_000)
      .describe(
        'How many requests to GraphQL are answered at once, per process; further ones get 503 `OVERLOADED` before they are read.',
      ),
    maxEventLoopDelayMs: z
      .int()
      .min(0)
      .default(50)
      .describe(
        'When the event loop stays later than this, fewer requests are let in until it no longer is, but never fewer than `busyRequests`. 0: not looked at.',
      ),
    busyRequests: z
      .int()
      .min(1)
      .default(256)
      .describe(
        'So many requests at once are let in however late the event loop is, unless they have taken longer than a second for a second.',
      ),
    minRequests: z
      .int()
      .min(1)
      .default(64)
      .describe('So many requests at once are let in whatever happens.'),
    maxMemoryShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.9)
      .describe(
        "When more than this share of the heap, or of the container's memory, is in use, fewer requests are let in. 0: not looked at.",
      ),
    retryAfterSeconds: z.int().min(1).default(1).describe('What `Retry-After` of a refusal says.'),
  })
  .prefault({});
