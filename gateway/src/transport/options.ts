import { z } from 'zod';
import { breakerOptions, bulkheadOptions, hedgeOptions, retryOptions } from './policy-options.ts';

const milliseconds = z.number().int().min(1).max(3_600_000);
const bytes = z.number().int().min(1024);
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is no header name')
  .transform((name) => name.toLowerCase());
const address = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });

const tlsOptions = z
  .strictObject({
    caFile: z
      .string()
      .optional()
      .describe(
        "PEM file with the authorities to trust instead of the system's. Paths of files start at the folder of gateway.yaml.",
      ),
    certFile: z
      .string()
      .optional()
      .describe(
        "PEM file of this gateway's own certificate, for mutual TLS. Re-read when it changes.",
      ),
    keyFile: z.string().optional().describe('PEM file of the private key to that certificate.'),
    serverName: z
      .string()
      .optional()
      .describe('Name the certificate must carry, when it is not the host of the address.'),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    error: 'certFile and keyFile must be given together',
  });

const nameServers = z
  .array(
    z
      .string()
      .regex(
        /^(\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/,
        'must be an IP address, with :port after it where that is not 53; IPv6 in brackets',
      ),
  )
  .min(1)
  .optional()
  .describe('Name servers to ask in place of those of the system, such as `10.0.0.2:8600`.');
const maxTtlMs = milliseconds
  .optional()
  .describe(
    'Names are looked up again after this time, however long they claim to hold. Default: 30,000.',
  );
const intervalMs = milliseconds
  .optional()
  .describe('How often the list is read again. Default: 1,000 for a file, 5,000 for an address.');

const discoveryOptions = z.discriminatedUnion('kind', [
  /** Every A and AAAA record of the host of the address is an instance. Kubernetes headless services work so. */
  z.strictObject({
    kind: z.literal('dns'),
    maxTtlMs,
    servers: nameServers,
  }),
  /** An SRV name, such as `_http._tcp.orders.default.svc.cluster.local`. */
  z.strictObject({
    kind: z.literal('srv'),
    name: z.string().describe('SRV name, such as `_http._tcp.orders.default.svc.cluster.local`.'),
    maxTtlMs,
    servers: nameServers,
  }),
  /** A JSON or YAML file with a list of addresses, re-read when it changes. */
  z.strictObject({
    kind: z.literal('file'),
    path: z.string().describe('JSON or YAML file with a list of addresses.'),
    intervalMs,
  }),
  /** An address that answers with a JSON list of addresses, asked again and again. */
  z.strictObject({
    kind: z.literal('http'),
    url: address.describe('Answers with a JSON list of addresses.'),
    intervalMs,
  }),
]);

/** What may be set for all subgraphs (`subgraphs.all`) and for each (`subgraphs.<name>`). */
export const trafficOptions = z.strictObject({
  url: z
    .union([address, z.array(address).min(1)])
    .optional()
    .describe('One address or several; default: the routing URL of the supergraph.'),
  discovery: discoveryOptions
    .optional()
    .describe(
      'Where the instances of the subgraph are found: `kind` is `dns`, `srv`, `file` or `http` (docs/reliability.md). Default: the address itself.',
    ),
  timeoutMs: milliseconds
    .optional()
    .describe('Total time for one fetch: queueing, tries, headers and the whole body.'),
  connectTimeoutMs: milliseconds
    .optional()
    .describe('Name lookup, TCP and TLS handshake together.'),
  maxResponseBytes: bytes
    .optional()
    .describe('Counted after decompression, enforced while the answer streams in.'),
  acceptsCompressed: z
    .boolean()
    .optional()
    .describe('Whether the subgraph may answer with gzip or brotli.'),
  maxIdleSocketMs: milliseconds
    .optional()
    .describe('How long an idle socket is kept. Less than the subgraph keeps its own.'),
  maxSocketAgeMs: milliseconds
    .optional()
    .describe('How old a socket may become, so that a moved address is noticed.'),
  maxRetryAfterMs: z
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .optional()
    .describe(
      'How long nothing is sent to an instance that answered 429 or 503 with a Retry-After, at most. 0: only the fetch that got it waits.',
    ),
  reuseSocketsForMutations: z
    .boolean()
    .optional()
    .describe(
      'Whether mutations may go out on a pooled socket, which the subgraph may just be closing.',
    ),
  http2: z
    .boolean()
    .optional()
    .describe('Whether HTTP/2 is offered over TLS. HTTP/1.1 is faster from Node.'),
  tls: tlsOptions.optional().describe('Certificates, for addresses with https.'),
  propagateHeaders: z
    .array(headerName)
    .optional()
    .describe('Client headers that travel on to the subgraph.'),
  shareInFlight: z
    .boolean()
    .optional()
    .describe(
      'Equal queries in flight from callers the subgraph cannot tell apart share one fetch.',
    ),
  exposedErrorCodes: z
    .union([z.literal('all'), z.array(z.string())])
    .optional()
    .describe(
      'Codes of subgraph errors whose message clients may read in production. `all` shows every message.',
    ),
  retry: retryOptions.optional().describe('Repeated tries of queries.'),
  breaker: breakerOptions.optional().describe('The circuit breaker.'),
  bulkhead: bulkheadOptions.optional().describe('How much may be under way at once.'),
  hedge: hedgeOptions
    .optional()
    .describe('Second, equal queries for slow subgraphs. Off unless given.'),
});

/** The `subgraphs` section of gateway.yaml: `all` holds what every subgraph gets, any other key is a subgraph's name. */
export const subgraphsOptions = z.record(z.string(), trafficOptions).default({});

export type TrafficOptions = z.output<typeof trafficOptions>;
export type SubgraphsOptions = z.output<typeof subgraphsOptions>;

type Filled<Section, Optional extends keyof Section = never> = {
  readonly [Key in Exclude<keyof Section, Optional>]-?: Exclude<Section[Key], undefined>;
} & Pick<Section, Optional>;
type Section<Name extends keyof TrafficOptions> = NonNullable<TrafficOptions[Name]>;

/** The settings of one subgraph with every default filled in. */
export type Traffic = Filled<
  Omit<TrafficOptions, 'retry' | 'breaker' | 'bulkhead'>,
  'url' | 'discovery' | 'tls' | 'hedge'
> & {
  readonly retry: Filled<Section<'retry'>>;
  readonly breaker: Filled<Section<'breaker'>>;
  readonly bulkhead: Filled<Section<'bulkhead'>>;
};

export const trafficDefaults: Traffic = {
  timeoutMs: 3_000,
  connectTimeoutMs: 2_000,
  maxResponseBytes: 16 * 1024 * 1024,
  acceptsCompressed: true,
  maxIdleSocketMs: 4_000,
  maxSocketAgeMs: 60_000,
  maxRetryAfterMs: 5_000,
  reuseSocketsForMutations: false,
  http2: false,
  propagateHeaders: [],
  shareInFlight: true,
  exposedErrorCodes: [
    'BAD_USER_INPUT',
    'FORBIDDEN',
    'GRAPHQL_VALIDATION_FAILED',
    'NOT_FOUND',
    'TEMPORARILY_UNAVAILABLE',
    'UNAUTHENTICATED',
  ],
  retry: { attempts: 2, backoffMs: 25, maxBackoffMs: 500, budgetPercent: 20 },
  breaker: {
    isEnabled: true,
    scope: 'subgraph',
    failurePercent: 50,
    minRequests: 20,
    windowMs: 10_000,
    openMs: 2_000,
    probes: 3,
    fallback: 'error',
    maxFallbackAgeMs: 300_000,
  },
  bulkhead: { maxConcurrent: 200, maxQueued: 2_000 },
};

/** @returns the settings of one subgraph: its own over those of `all` over the defaults, sections merged key by key */
export function trafficFor(subgraph: string, options: SubgraphsOptions): Traffic {
  const all = options['all'] ?? {};
  const own = subgraph === 'all' ? {} : (options[subgraph] ?? {});
  return {
    ...trafficDefaults,
    ...defined(all),
    ...defined(own),
    retry: { ...trafficDefaults.retry, ...defined(all.retry), ...defined(own.retry) },
    breaker: { ...trafficDefaults.breaker, ...defined(all.breaker), ...defined(own.breaker) },
    bulkhead: { ...trafficDefaults.bulkhead, ...defined(all.bulkhead), ...defined(own.bulkhead) },
  };
}

type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** Takes out keys that are present but undefined, so that they do not hide a default. */
function defined<Value extends object>(value: Value | undefined): Defined<Value> {
  return Object.fromEntries(
    Object.entries(value ?? {}).filter(([, item]) => item !== undefined),
  ) as Defined<Value>;
}
