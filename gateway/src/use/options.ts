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
    writeTimeoutMs: z
      .int()
      .min(100)
      .default(60_000)
      .describe(
        'How long a client may read nothing of its answer before its connection is cut. At least twice `http.requestTimeoutMs` and two seconds.',
      ),
    maxConnections: z
      .int()
      .min(1)
      .default(10_000)
      .describe(
        'Most connections of clients at once, per process; further ones get 503. Never more than half of the files the process may open.',
      ),
    maxConnectionsPerAddress: z
      .int()
      .min(1)
      .optional()
      .describe(
        'Most connections of one address. Not set: as many as there may be in all, because a balancer in front is one address.',
      ),
    drainDelayMs: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'When stopping: how long requests are still accepted after readiness says no, so that balancers notice.',
      ),
  })
  .prefault({});
