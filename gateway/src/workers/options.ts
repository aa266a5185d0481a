import { z } from 'zod';

/** Settings of the part `workers`: one process, or several under a supervisor. */
export const workersOptions = z
  .strictObject({
    count: z
      .union([z.int().min(1).max(256), z.literal('auto')])
      .optional()
      .describe(
        'How many processes share the port under a supervisor that restarts them; `auto`: one per core. Not set: one process without a supervisor.',
      ),
    maxStallMs: z
      .int()
      .min(1_000)
      .default(10_000)
      .describe('A worker that gives no sign of life for so long is killed and started again.'),
  })
  .prefault({});
