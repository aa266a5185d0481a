import { z } from 'zod';

/** Settings of the part `supergraph`: where the graph comes from. */
export const supergraphOptions = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .default('supergraph.graphql')
      .describe(
        'The composed supergraph. Watched: a valid new version is served without a restart.',
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
  })
  .prefault({});
