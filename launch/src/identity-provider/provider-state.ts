import { createPrivateKey, generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const signingKey = z.looseObject({
  kty: z.literal('EC'),
  kid: z.string().min(1),
  alg: z.literal('ES256'),
  d: z.string().min(1),
});

const stateSchema = z.strictObject({
  /** Where it listened last; scripts find it by that. */
  url: z.string(),
  serviceClientSecret: z.string().min(32),
  cookieSecret: z.string().min(32),
  /** The first one signs; the others are still published, for tokens that are under way. */
  keys: z.array(signingKey).min(1),
});

/** What the identity provider keeps between starts, so that tokens outlive a restart. */
export type ProviderState = z.output<typeof stateSchema>;
export type SigningKey = ProviderState['keys'][number];

/** Below the folder that holds what a clone keeps. */
export const stateFileName = 'identity-provider.json';

/** How many keys are published at most: the one that signs, and the one before. */
const maxKeys = 2;

/** Makes a private key for ES256 (RFC 7518 §3.4) with a random id. Takes about a millisecond. */
export function makeSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk: JsonWebKey = createPrivateKey(
    privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ).export({ format: 'jwk' });
  return signingKey.parse({
    ...jwk,
    use: 'sig',
    alg: 'ES256',
    kid: randomBytes(8).toString('hex'),
  });
}

/** A new key signs from now on. */
export function rotateKeys(state: ProviderState): ProviderState {
  return { ...state, keys: [makeSigningKey(), ...state.keys].slice(0, maxKeys) };
}

export function makeState(url: string): ProviderState {
  return {
    url,
    serviceClientSecret: randomBytes(32).toString('base64url'),
    cookieSecret: randomBytes(32).toString('base64url'),
    keys: [makeSigningKey()],
  };
}

/**
 * Reads the state of the last start, or makes one.
 * @throws Error naming the file when it is not what was written
 */
export function openState(file: string, url: string): ProviderState {
  if (!existsSync(file)) return makeState(url);
  try {
    const known = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { ...known, url };
  } catch (error) {
    throw new Error(`${file} cannot be read. Remove it, and a new one is made.`, { cause: error });
  }
}

/** Writes it for its owner alone, as a whole or not at all. */
export function saveState(file: string, state: ProviderState): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
