import { z } from 'zod';

const cors = z
  .strictObject({
    origins: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Origins of web pages that may read answers, such as `https://shop.example`; `*` for all. Empty: none.',
      ),
    credentials: z
      .boolean()
      .default(false)
      .describe('Whether those pages may send cookies. Not together with `*`.'),
    allowHeaders: z
      .array(z.string())
      .default([])
      .describe('Request headers those pages may set. Empty: the ones their browser asks for.'),
    exposeHeaders: z
      .array(z.string())
      .default([])
      .describe('Response headers those pages may read, beside `Retry-After`.'),
    maxAgeSeconds: z
      .int()
      .min(0)
      .max(86_400)
      .default(600)
      .describe('How long browsers may remember the permission.'),
  })
  .refine((value) => !(value.credentials && value.origins.includes('*')), {
    error: 'credentials cannot be allowed to every origin: name the origins',
  })
  .prefault({});

/** Settings of the part `http`: what is accepted from clients. */
export const httpOptions = z
  .strictObject({
    maxBodyBytes: z
      .int()
      .min(1_000)
      .default(1_000_000)
      .describe('Largest request body. It is cut off while it arrives.'),
    maxUrlBytes: z
      .int()
      .min(200)
      .max(16_000)
      .default(8_192)
      .describe('Longest address of a GET request.'),
    requestTimeoutMs: z
      .int()
      .min(100)
      .default(30_000)
      .describe(
        'How long an answer may take. What is left of it travels to the subgraphs as their deadline.',
      ),
    csrfPrevention: z
      .boolean()
      .default(true)
      .describe(
        'Whether GET requests need a header that web pages cannot send to another site without asking first: `content-type: application/json`, `apollo-require-preflight` or `x-apollo-operation-name`.',
      ),
    batching: z
      .strictObject({
        isEnabled: z
          .boolean()
          .default(false)
          .describe(
            'Whether a POST may hold a list of operations. They are run side by side and answered as a list; every limit counts for each.',
          ),
        maxOperations: z
          .int()
          .min(1)
          .max(100)
          .default(10)
          .describe('Most operations in such a list.'),
      })
      .prefault({}),
    strictTransportSecuritySeconds: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'Makes browsers use TLS for this host and its subdomains for so long (`strict-transport-security`), such as 63072000. 0 where clients may come without TLS.',
      ),
    explorers: z
      .boolean()
      .optional()
      .describe(
        'Whether Apollo Sandbox, GraphiQL and the plan page are served. Default: yes, but not in production.',
      ),
    samples: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Folder of `.graphql` files that GraphiQL opens as tabs at the first visit. A path, from the folder of gateway.yaml.',
      ),
    trustedProxies: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Proxies in front whose `X-Forwarded-For` is believed: addresses, networks such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`. Empty: a client is the other end of its socket.',
      ),
    cors,
  })
  .prefault({});
