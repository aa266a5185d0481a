import { z } from 'zod';

const discoveryDocument = z.looseObject({ issuer: z.string(), jwks_uri: z.url() });

type Read = (address: string, init: RequestInit) => Promise<Response>;

/**
 * Asks an issuer where its keys are (OpenID Connect Discovery 1.0 §4).
 * @throws Error when it says that it is another, or sends from HTTPS to anything less
 */
export async function discoverKeySet(
  issuer: string,
  read: Read,
  init: RequestInit,
): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await read(address, init);
  if (!response.ok) throw new Error(`${address} answers with status ${response.status}`);
  const parsed = discoveryDocument.safeParse(await response.json());
  if (!parsed.success) throw new Error(`${address} is no discovery document`);
  const { issuer: named, jwks_uri: keys } = parsed.data;
  // §4.3: else one issuer could answer for another.
  if (named !== issuer) throw new Error(`${address} says that its issuer is ${named}`);
  const { protocol } = new URL(keys);
  if (protocol !== 'https:' && !(protocol === 'http:' && issuer.startsWith('http:'))) {
    throw new Error(`${address} has keys at ${keys}, which is not HTTPS`);
  }
  return keys;
}
