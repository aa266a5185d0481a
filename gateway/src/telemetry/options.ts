import { z } from 'zod';

/** Settings of the part `telemetry`: what the process tells of itself. */
export const telemetryOptions = z
  .strictObject({
    accessLog: z
      .enum(['all', 'failed', 'none'])
      .default('failed')
      .describe(
        'Which requests get a log line of their own: id, operation name and hash, status, duration, errors and size, never the document, variables or the answer. `failed` are those with a status of 500 and above.',
      ),
  })
  .prefault({});
