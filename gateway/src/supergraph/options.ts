import { z } from 'zod';

/** Settings of the part `supergraph`: where the graph comes from. */
export const supergraphOptions = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .default('supergraph.graphql')
      .describe(
        'The composed supergraph; a path from the working directory. Watched: a valid new version is served without a restart.',
      ),
    url: z
      .url()
      .optional()
      .describe('Read the supergraph from this address instead of the file, with ETag polling.'),
    headers: z
      .record(z.string(), z.string())
      .default({})
      .describe('Headers sent with each request to `url`.'),
    pollIntervalMs: z
      .int()
      .min(100)
      .max(3_600_000)
      .default(2_000)
      .describe(
        'How often the source is looked at, in milliseconds. Files are watched as well; polling finds what the file system does not report.',
      ),
    timeoutMs: z
      .int()
      .min(100)
      .max(300_000)
      .default(10_000)
      .describe('How long one request to `url` may take.'),
    lastGoodFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Where the last good supergraph is kept. A start finds it there when the source cannot be read or is invalid. Not set: such a start fails.',
      ),
    rollback: z
      .strictObject({
        isEnabled: z
          .boolean()
          .default(true)
          .describe(
            'Whether the supergraph before is taken back when errors jump after a new one took over.',
          ),
        windowMs: z
          .int()
          .min(100)
          .max(3_600_000)
          .default(30_000)
          .describe(
            'How long a new supergraph is watched, and how long the time is it is compared with.',
          ),
        minRequests: z
          .int()
          .min(1)
          .default(50)
          .describe(
            'So many requests must have been answered with the new one before it is judged.',
          ),
        maxErrorIncrease: z
          .number()
          .min(0.01)
          .max(1)
          .default(0.3)
          .describe(
            'By how much the share of requests with an error may be higher than before: 0.3 allows 35% after 5%.',
          ),
      })
      .prefault({}),
  })
  .prefault({});
