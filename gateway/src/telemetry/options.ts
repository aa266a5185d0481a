import { z } from 'zod';

const listen = z
  .strictObject({
    port: z
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .describe(
        'Port for `/metrics`, `/health/live`, `/health/ready` and `/state`, apart from that of clients. Also `TELEMETRY_PORT`. Absent: nothing is opened and nothing is counted. 0: any free one, named in the log.',
      ),
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe(
        'Address to listen at. Whoever reaches it may read all of it: leave it to this machine, or to a network of your own.',
      ),
  })
  .prefault({});

const tracing = z
  .strictObject({
    endpoint: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'Base address of an OpenTelemetry collector (OTLP/HTTP), such as `http://127.0.0.1:4318`. `OTEL_EXPORTER_OTLP_ENDPOINT` goes before it. Neither: no spans, and nothing of OpenTelemetry is loaded.',
      ),
    sampleRatio: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe(
        'Part of the traces that begin here which is recorded. `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` go before it.',
      ),
    followsClients: z
      .boolean()
      .default(true)
      .describe(
        'Whether a `traceparent` header of a client is continued, with its decision to record. Switch it off where strangers could make you record everything.',
      ),
  })
  .prefault({});

const usage = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .optional()
      .describe(
        'What usage is appended to, for `trellis supergraph check --operations`: a file whose name ends in `.jsonl`, `.ndjson` or `.log`, or else a folder with a file for each day and process. Absent: no usage log.',
      ),
    intervalMs: z
      .int()
      .min(1_000)
      .default(60_000)
      .describe(
        'How often the counts of the time between are written: one line for each operation and client.',
      ),
    maxOperations: z
      .int()
      .min(1)
      .default(5_000)
      .describe(
        'Most pairs of operation and client kept in an interval. What comes beyond is written as a number only.',
      ),
  })
  .prefault({});

const audit = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File that a line is appended to for every mutation, and for every query that reaches a field with a rule: who, what, which fields were allowed or denied. Never a value. Absent: no audit trail.',
      ),
    isRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether a mutation is refused with `AUDIT_UNAVAILABLE` when its line cannot be written first. Queries go on.',
      ),
  })
  .refine(({ path, isRequired }) => path !== undefined || !isRequired, {
    path: ['path'],
    error: 'isRequired needs a file to write to',
  })
  .prefault({});

/** Settings of the part `telemetry`: what the process tells of itself. */
export const telemetryOptions = z
  .strictObject({
    accessLog: z
      .enum(['all', 'failed', 'none'])
      .default('failed')
      .describe(
        'Which requests get a log line of their own: who asked for which operation, its plan, each subgraph, how it went; never the document, variables or the answer. `failed` are those with a status of 500 and above.',
      ),
    accessLogRatio: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe('With `all`: part of the requests below status 500 that get their line.'),
    slowRequestMs: z
      .number()
      .min(0)
      .default(0)
      .describe(
        'Requests that take longer get a line at level warn, whatever `accessLog` says. 0: none.',
      ),
    listen,
    tracing,
    usage,
    audit,
  })
  .prefault({});

export type TelemetryOptions = z.output<typeof telemetryOptions>;
