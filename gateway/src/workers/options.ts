import { z } from 'zod';

const range = 'workers must be a whole number from 1 to 256, or "auto"';

/** Settings of the part `workers`: one process, or several under a supervisor. */
export const workersOptions = z
  .strictObject({
    count: z
      .union([z.int().min(1, range).max(256, range), z.literal('auto')], range)
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
