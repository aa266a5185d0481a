import { createPublicKey, createSecretKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from '@trellis/platform/log';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWTHeaderParameters,
} from 'jose';
import { discoverKeySet } from './discover-key-set.ts';
import type { AuthenticationOptions, IssuerOptions } from './options.ts';

/** Finds the key that a token says it was signed with. Rejects when there is none. */
export type FindKey = (
  header: JWTHeaderParameters,
  token: FlattenedJWSInput,
) => Promise<CryptoKey | KeyObject | Uint8Array>;

export interface KeySet {
  readonly find: FindKey;
  stop(): void;
}

export interface KeySetInput {
  readonly issuer: IssuerOptions;
  readonly keySets: AuthenticationOptions['keySets'];
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
}

const maxBytes = 512 * 1024;
const minSecretBytes = 32;

/** Opens the keys of an issuer. @throws Error with one clear message when a local key cannot be used */
export function createKeySet(input: KeySetInput): KeySet {
  const { keys, issuer, algorithms } = input.issuer;
  const isShared = keys !== undefined && 'secretEnv' in keys;
  if (algorithms.some((algorithm) => algorithm.startsWith('HS') !== isShared)) {
    throw new Error(
      `authentication: issuer "${issuer}" accepts ${algorithms.join(', ')}: HS algorithms need "secretEnv", and all others need public keys.`,
    );
  }
  if (keys === undefined)
    return remoteKeySet((init) => discoverKeySet(issuer, readLimited, init), input);
  if ('url' in keys) {
    const { url } = keys;
    return remoteKeySet(() => Promise.resolve(url), input);
  }
  if ('jwksFile' in keys) {
    const set = JSON.parse(readFileSync(keys.jwksFile, 'utf8')) as JSONWebKeySet;
    return { find: createLocalJWKSet(set), stop: nothing };
  }
  const key = isShared
    ? readSecret((keys as { secretEnv: string }).secretEnv, input.env)
    : readPem((keys as { pemFile: string }).pemFile);
  return { find: () => Promise.resolve(key), stop: nothing };
}

function readSecret(name: string, env: NodeJS.ProcessEnv): KeyObject {
  const secret = Buffer.from(env[name] ?? '');
  if (secret.length < minSecretBytes) {
    throw new Error(
      `authentication: ${name} has ${secret.length} bytes; a shared secret needs ${minSecretBytes} or more.`,
    );
  }
  return createSecretKey(secret);
}

function readPem(file: string): KeyObject {
  const text = readFileSync(file, 'utf8');
  if (text.includes('PRIVATE KEY')) {
    throw new Error(
      `authentication: ${file} holds a private key; the gateway needs the public one.`,
    );
  }
  return text.includes('BEGIN CERTIFICATE')
    ? new X509Certificate(text).publicKey
    : createPublicKey(text);
}

/**
 * Keys behind a URL. One read at a time; known keys go on working while the issuer is down; after a read, good or bad,
 * an unknown key id is refused without asking again until the cooldown is over: so made-up ids cost the issuer nothing.
 * @param locate finds the URL, anew for every read
 */
function remoteKeySet(
  locate: (init: RequestInit) => Promise<string>,
  { keySets, issuer, log }: KeySetInput,
): KeySet {
  const cooldownMs = keySets.cooldownSeconds * 1000;
  warnOfPlainHttp(issuer, log);
  let nextReadAt = 0;
  const read: typeof fetch = async (_address, init = {}) => {
    if (performance.now() < nextReadAt) throw new Error('the key set was read a moment ago');
    nextReadAt = performance.now() + cooldownMs;
    return readLimited(await locate(init), init);
  };
  // The address is chosen by `locate`; jose only wants one.
  const remote = createRemoteJWKSet(new URL('https://issuer.invalid'), {
    cooldownDuration: cooldownMs,
    cacheMaxAge: Infinity,
    timeoutDuration: keySets.timeoutMs,
    [customFetch]: read,
  });
  const timer = setInterval(() => {
    nextReadAt = 0;
    remote.reload().catch((error: unknown) => {
      log.warn(
        { issuer: issuer.issuer, err: error },
        'reading the key set failed; known keys go on working',
      );
    });
  }, keySets.refreshSeconds * 1000);
  timer.unref();
  return { find: remote, stop: () => clearInterval(timer) };
}

function warnOfPlainHttp({ issuer, keys }: IssuerOptions, log: Logger): void {
  const address = keys && 'url' in keys ? keys.url : issuer;
  const { protocol, hostname } = new URL(address);
  if (protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return;
  log.warn(
    { issuer, address },
    'the keys of this issuer travel over plain HTTP: whoever changes them on the way decides who everybody is',
  );
}

/** Follows no redirect and reads no endless answer. */
async function readLimited(address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, { ...init, redirect: 'error' });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > maxBytes) throw new Error(`${address} has more than ${maxBytes} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return new Response(Buffer.concat(chunks).toString(), { status: response.status });
}

function nothing(): void {
  // Local keys hold nothing open.
}
