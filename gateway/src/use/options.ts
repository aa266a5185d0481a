import { z } from 'zod';

/** Settings of the part `use`: the listener. */
export const listenOptions = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe(
        'Address to listen at. `0.0.0.0` for every IPv4 address of the machine, as containers need.',
      ),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(4000)
      .describe('Port to listen at; 0 takes a free one.'),
    keepAliveTimeoutMs: z
      .int()
      .min(0)
      .default(65_000)
      .describe(
        'How long an idle connection is kept. More than the balancer in front keeps its own.',
      ),
    headersTimeoutMs: z
      .int()
      .min(100)
      .default(15_000)
      .describe('How long a client may take to send its headers.'),
    bodyTimeoutMs: z
      .int()
      .min(100)
      .default(30_000)
      .describe('How long a client may take to send its whole request.'),
    drainDelayMs: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'When stopping: how long requests are still accepted after readiness says no, so that balancers notice.',
      ),
  })
  .prefault({});
