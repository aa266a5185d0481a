import { z } from 'zod';

/** Settings of the part `execution`: how `engine: trellis` works. Stock Apollo has none of them. */
export const engineSettings = z
  .strictObject({
    mergeFetches: z
      .boolean()
      .default(true)
      .describe('Sends what one step needs from one subgraph as one request.'),
    shareOperations: z
      .boolean()
      .default(true)
      .describe('Clients that ask the same at the same time share one answer. Queries only.'),
    batchEntities: z
      .union([
        z.boolean(),
        z.strictObject({
          maxBatchSize: z
            .int()
            .min(1)
            .default(500)
            .describe('Most entities asked for in one subgraph request.'),
          maxWindowMs: z
            .number()
            .min(0)
            .max(100)
            .default(2)
            .describe(
              'Longest wait for company while the subgraph is busy. An idle one is asked at once.',
            ),
        }),
      ])
      .default(true)
      .describe(
        'Entities that different operations ask for at the same time travel in one request.',
      ),
    identityFreeSubgraphs: z
      .array(z.string())
      .default([])
      .describe(
        'Subgraphs that answer every caller alike: their entities are batched across identities.',
      ),
    planTimeoutMs: z
      .int()
      .min(10)
      .default(10_000)
      .describe('How long planning one operation may take.'),
    maxPlanCacheBytes: z
      .int()
      .min(0)
      .default(16 * 1024 * 1024)
      .describe('Memory for plans and compiled operations, in bytes.'),
  })
  .prefault({});
