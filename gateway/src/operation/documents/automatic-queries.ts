import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { announce } from '../../channels.ts';
import { GatewayError } from '../../errors.ts';

/** Texts that clients registered under their hash (automatic persisted queries, as Apollo clients send them). */
export interface AutomaticQueries {
  find(hash: string): string | undefined;
  /** @throws GatewayError BAD_REQUEST when the hash is not the text's */
  verify(hash: string, text: string): void;
  /** Keeps a text that has been verified and found valid. */
  register(hash: string, text: string): void;
}

/** An entry beside its text: the hash and the list it stands in. */
const bytesPerEntry = 300;

/** The least recently used leave first. One text may take an eighth of all: it must not push out everything else. */
export function createAutomaticQueries(maxBytes: number): AutomaticQueries {
  const texts = new LRUCache<string, string>({
    maxSize: maxBytes,
    maxEntrySize: Math.max(1, Math.floor(maxBytes / 8)),
    // A character takes one byte or two.
    sizeCalculation: (text) => bytesPerEntry + text.length * 2,
  });
  return {
    find(hash) {
      const text = texts.get(hash);
      announce({ event: 'persistedQuery', outcome: text === undefined ? 'miss' : 'hit' });
      return text;
    },
    verify(hash, text) {
      if (texts.get(hash) === text) return;
      if (hashOf(text) === hash) return;
      announce({ event: 'persistedQuery', outcome: 'mismatch' });
      throw new GatewayError('BAD_REQUEST', 'The provided sha256Hash does not match the query.');
    },
    register(hash, text) {
      if (texts.has(hash)) return;
      texts.set(hash, text);
      announce({ event: 'persistedQuery', outcome: 'registered' });
    },
  };
}

/** SHA-256 of a document's text as hex, which is how clients and manifests name it. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
