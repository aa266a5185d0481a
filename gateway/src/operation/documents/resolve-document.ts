import { GatewayError } from '../../errors.ts';
import type { IncomingOperation } from '../../request.ts';
import type { AutomaticQueries } from './automatic-queries.ts';
import { readReference, type DocumentReference } from './read-reference.ts';
import type { Safelist } from './safelist.ts';

/** The text to run, and what is still to be done once it has turned out to be valid. */
export interface ResolvedDocument {
  readonly text: string;
  readonly accept: (() => void) | undefined;
}

/** Finds the text of an operation that was sent, registered or stored. */
export type ResolveDocument = (incoming: IncomingOperation) => ResolvedDocument;

export interface DocumentStores {
  /** Absent where clients may not register documents. */
  readonly automatic?: AutomaticQueries | undefined;
  /** Absent where every document may be run. */
  readonly safelist?: Safelist | undefined;
}

/**
 * Returns the only way from a request to the text of its operation.
 * The function throws GatewayError BAD_REQUEST, PERSISTED_QUERY_NOT_FOUND, PERSISTED_QUERY_NOT_SUPPORTED,
 * QUERY_NOT_IN_SAFELIST and PERSISTED_QUERY_ID_REQUIRED.
 */
export function createResolveDocument(stores: DocumentStores): ResolveDocument {
  const { automatic, safelist } = stores;
  return function resolveDocument(incoming) {
    const { query, extensions, documentId } = incoming;
    if (incoming.isResolved && query !== undefined) return { text: query, accept: undefined };
    const isNamed = extensions !== undefined || documentId !== undefined;
    const reference = isNamed ? readReference(incoming) : undefined;
    if (query === undefined) return findText(reference, incoming, stores);
    safelist?.assertTrusted(query, incoming);
    if (!safelist && documentId === undefined && reference?.kind === 'stored') {
      throw new GatewayError('BAD_REQUEST', 'persistedQuery.sha256Hash must be a SHA-256 in hex.');
    }
    if (!automatic || reference?.kind !== 'automatic') return { text: query, accept: undefined };
    const { id } = reference;
    automatic.verify(id, query);
    return { text: query, accept: () => automatic.register(id, query) };
  };
}

function findText(
  reference: DocumentReference | undefined,
  incoming: IncomingOperation,
  { automatic, safelist }: DocumentStores,
): ResolvedDocument {
  if (!reference) {
    throw new GatewayError('BAD_REQUEST', 'The request has no "query": the text of the operation.');
  }
  const stored = safelist?.find(reference.id, incoming.headers);
  if (stored !== undefined) return { text: stored, accept: undefined };
  const registered = automatic?.find(reference.id);
  if (registered !== undefined) {
    // It may have been registered when its client was not yet held to the manifest.
    safelist?.assertTrusted(registered, incoming);
    return { text: registered, accept: undefined };
  }
  // Clients of automatic persisted queries understand either code and send the text.
  throw new GatewayError(
    automatic || safelist ? 'PERSISTED_QUERY_NOT_FOUND' : 'PERSISTED_QUERY_NOT_SUPPORTED',
  );
}
