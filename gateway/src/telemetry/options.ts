import { z } from 'zod';

/** Settings of the part `telemetry`: what the process tells of itself. */
export const telemetryOptions = z
  .strictObject({
    accessLog: z
      .boolean()
      .default(true)
      .describe(
        'One log line per request: id, operation name and hash, status, duration, errors and size. Never the document, variables or the answer.',
      ),
  })
  .prefault({});
