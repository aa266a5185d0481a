import { z } from 'zod';

const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'HS256',
  'HS384',
  'HS512',
] as const;

const claimName = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const keysOptions = z.union([
  z.strictObject({ url: z.url({ protocol: /^https?$/ }).describe('Address of a JWK set.') }),
  z.strictObject({ jwksFile: z.string().min(1).describe('A JWK set (RFC 7517) as JSON.') }),
  z.strictObject({ pemFile: z.string().min(1).describe('A public key (SPKI) or certificate.') }),
  z.strictObject({
    secretEnv: z
      .string()
      .min(1)
      .describe('Environment variable with a shared secret of 32 bytes or more, for HS256.'),
  }),
]);

const claimsOptions = z
  .strictObject({
    subject: claimName.default('sub'),
    roles: claimName.default('roles'),
    scopes: claimName.default('scope'),
    attributes: z.record(z.string().min(1), claimName).default({}),
  })
  .prefault({});

const serviceOptions = z.strictObject({
  claim: claimName,
  equals: z.string().min(1),
});

/** Whether discovery is possible: OpenID Connect Discovery 1.0 §3 makes the address from the issuer. */
const isAddress = (issuer: string): boolean =>
  /^https?:\/\/[^?#]+$/.test(issuer) && URL.canParse(issuer);

/** One issuer of tokens: who it is, which keys it signs with, and what its claims mean. */
export const issuerOptions = z
  .strictObject({
    issuer: z.string().min(1).describe('Exactly the `iss` of its tokens.'),
    audience: z
      .array(z.string().min(1))
      .min(1)
      .describe('One of these must be among the `aud` of a token.'),
    algorithms: z
      .array(z.enum(algorithms))
      .min(1)
      .default(['RS256', 'PS256', 'ES256', 'EdDSA'])
      .describe('Signature algorithms that are accepted. HS* only with `secretEnv`.'),
    keys: keysOptions
      .optional()
      .describe(
        'Where the keys are: `url`, `jwksFile`, `pemFile` or `secretEnv`, exactly one. Default: where `<issuer>/.well-known/openid-configuration` says.',
      ),
    onlyAccessTokenType: z
      .boolean()
      .default(false)
      .describe('Whether the header of a token must have the type `at+jwt` (RFC 9068).'),
    clockToleranceSeconds: z
      .int()
      .min(0)
      .max(60)
      .default(5)
      .describe('How far the clocks of issuer and gateway may differ.'),
    claims: claimsOptions.describe(
      'Claims that become `subject`, `roles`, `scopes` and `attributes.<name>`: a name, or a list of names as a path.',
    ),
    services: z
      .array(serviceOptions)
      .default([])
      .describe(
        'What tells tokens of programs: a claim and its value. Always: a subject that is the client (`client_id`, `azp`).',
      ),
  })
  .refine(({ issuer, keys }) => keys !== undefined || isAddress(issuer), {
    error: 'keys must be given, because the issuer is no address at which they could be looked up',
    path: ['keys'],
  });

export type IssuerOptions = z.output<typeof issuerOptions>;

/** How GraphiQL signs people in: a public client of an OpenID provider, authorization code with PKCE. */
const signInOptions = z
  .strictObject({
    issuer: z
      .url({ protocol: /^https?$/ })
      .describe('The OpenID provider. Its discovery document is read by the browser.'),
    clientId: z
      .string()
      .min(1)
      .describe('A public client with `<gateway>/graphiql` as redirect address.'),
    scopes: z.array(z.string().min(1)).default(['openid']).describe('What is asked for.'),
    parameters: z
      .record(z.string().min(1), z.string())
      .default({})
      .describe(
        'Further parameters of the authorization request, such as `audience` or `resource`.',
      ),
    origins: z
      .array(z.url({ protocol: /^https?$/ }))
      .default([])
      .describe(
        'Origins of its token endpoint and key set, where they are others than the issuer.',
      ),
  })
  .describe('How the explorer GraphiQL signs people in. Without it there is no such button.');

export type SignInOptions = z.output<typeof signInOptions>;

/** Settings of the part `authentication`. Without an issuer and without API keys every caller is anonymous. */
export const authenticationOptions = z
  .strictObject({
    issuers: z
      .array(issuerOptions)
      .default([])
      .describe('Who issues the bearer tokens (JWT) that are accepted: docs/authentication.md.'),
    keySets: z
      .strictObject({
        refreshSeconds: z
          .int()
          .min(10)
          .max(86_400)
          .default(600)
          .describe('How often a JWK set is read again, so that withdrawn keys end.'),
        cooldownSeconds: z
          .int()
          .min(1)
          .max(60)
          .default(10)
          .describe(
            'After a read, unknown key ids are refused this long without asking the issuer again.',
          ),
        timeoutMs: z
          .int()
          .min(100)
          .max(30_000)
          .default(3_000)
          .describe('How long reading a JWK set may take.'),
      })
      .prefault({}),
    signIn: signInOptions.optional(),
    apiKeys: z
      .strictObject({
        file: z
          .string()
          .min(1)
          .describe(
            'JSON list of API keys, hashed. Read again when it changes: a key that is taken out ends. A path, from the folder of gateway.yaml.',
          ),
        requestsPerMinute: z
          .int()
          .min(1)
          .default(6_000)
          .describe('Requests one key may make in a minute, unless the key says otherwise.'),
        lastUseFile: z
          .string()
          .min(1)
          .optional()
          .describe(
            'Where is written when each key was last used, to the minute. Default: `<name>.last-use.json` beside the keys `<name>.json`.',
          ),
      })
      .optional(),
    developmentTokens: z
      .boolean()
      .default(false)
      .describe(
        'Accepts tokens that whoever knows the wire secret makes with `npm run token`, and those of the identity provider that `npm start` starts. Without effect in production.',
      ),
    maxCachedTokens: z
      .int()
      .min(1)
      .default(10_000)
      .describe('Verified tokens remembered until they expire; never more than 32 MB of them.'),
  })
  .prefault({});

export type AuthenticationOptions = z.output<typeof authenticationOptions>;
