import { z } from 'zod';

/** Settings of the part `operation`: from the text of an operation to one that can be planned. */
export const operationOptions = z
  .strictObject({
    maxTokens: z
      .int()
      .min(100)
      .default(10_000)
      .describe('Most lexical tokens a document may have. Larger ones are refused while parsing.'),
    maxCacheBytes: z
      .int()
      .min(0)
      .default(64 * 1024 * 1024)
      .describe(
        'Memory for parsed and validated operations, in bytes (estimated from their text). The least recently used leave first.',
      ),
    introspection: z
      .boolean()
      .optional()
      .describe(
        'Whether `__schema` and `__type` are answered. Default: yes, but not in production.',
      ),
    suggestions: z
      .boolean()
      .optional()
      .describe('Whether errors say "Did you mean …?". Default: yes, but not in production.'),
  })
  .prefault({});
