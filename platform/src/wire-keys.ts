import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A secret shared by gateway and subgraphs. The id is derived from the secret, so both sides agree without naming it. */
export interface WireKey {
  readonly id: string;
  readonly secret: Buffer;
}

const minSecretLength = 32;

/**
 * Reads the keys of the signed hop: `TRELLIS_WIRE_SECRET`, or the file named by `TRELLIS_WIRE_SECRET_FILE`.
 * Several secrets separated by commas are all accepted and the first one signs: put the new one last everywhere,
 * then first everywhere, then drop the old one.
 * @returns no key when neither variable is set
 * @throws Error when a secret is shorter than 32 characters
 */
export function readWireKeys(env: NodeJS.ProcessEnv = process.env): readonly WireKey[] {
  const file = env['TRELLIS_WIRE_SECRET_FILE'];
  const text = env['TRELLIS_WIRE_SECRET'] ?? (file ? readFileSync(file, 'utf8') : '');
  return text
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
    .map(makeWireKey);
}

/** @throws Error when the secret is shorter than 32 characters */
export function makeWireKey(secret: string): WireKey {
  if (secret.length < minSecretLength) {
    throw new Error(
      `TRELLIS_WIRE_SECRET needs at least ${minSecretLength} characters, but one of its secrets has ${secret.length}. Make one with: openssl rand -hex 32`,
    );
  }
  const id = createHash('sha256').update(`trellis wire key id:${secret}`).digest('base64url');
  return { id: id.slice(0, 8), secret: Buffer.from(secret) };
}

/**
 * Returns the secret kept in `file`, made there on first use (mode 0600): what the embedded defaults run on.
 * Safe when several processes start at once: the one that creates the file wins, all others read it.
 */
export function ensureWireSecret(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8');
}
