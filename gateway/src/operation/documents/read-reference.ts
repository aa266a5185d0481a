import { GatewayError } from '../../errors.ts';
import type { IncomingOperation } from '../../request.ts';

/** A document that is named instead of sent. */
export interface DocumentReference {
  readonly id: string;
  /** `automatic`: the id is a SHA-256 in hex that a client may register; `stored`: whatever the manifest calls it. */
  readonly kind: 'automatic' | 'stored';
}

const sha256 = /^[0-9a-f]{64}$/;
const maxIdLength = 500;

/**
 * Reads `extensions.persistedQuery` (Apollo's protocol of automatic persisted queries) or `documentId` (GraphQL over HTTP,
 * appendix "Persisted Documents": `sha256:` and the hash, or any other id).
 * @throws GatewayError BAD_REQUEST when it is malformed
 */
export function readReference(incoming: IncomingOperation): DocumentReference | undefined {
  const { documentId, extensions } = incoming;
  if (documentId !== undefined) {
    const id = documentId.startsWith('sha256:') ? documentId.slice(7) : documentId;
    if (id === '' || id.length > maxIdLength) {
      throw new GatewayError(
        'BAD_REQUEST',
        `"documentId" must have 1 to ${maxIdLength} characters.`,
      );
    }
    return { id, kind: 'stored' };
  }
  const persisted = extensions && Object.hasOwn(extensions, 'persistedQuery');
  return persisted ? readPersisted(extensions['persistedQuery']) : undefined;
}

function readPersisted(value: unknown): DocumentReference | undefined {
  if (value === null || value === undefined) return undefined;
  const { version, sha256Hash } = value as { version?: unknown; sha256Hash?: unknown };
  if (version !== 1) {
    throw new GatewayError('BAD_REQUEST', 'Unsupported persisted query version: it must be 1.');
  }
  if (typeof sha256Hash !== 'string' || sha256Hash === '' || sha256Hash.length > maxIdLength) {
    throw new GatewayError('BAD_REQUEST', 'persistedQuery.sha256Hash must be a SHA-256 in hex.');
  }
  const hash = sha256Hash.toLowerCase();
  return sha256.test(hash) ? { id: hash, kind: 'automatic' } : { id: sha256Hash, kind: 'stored' };
}
