import { isUtf8 } from 'node:buffer';

/** A supergraph beyond this is no supergraph: parsing it would keep all requests waiting for seconds. */
export const maxSupergraphBytes = 32 * 1024 * 1024;

/** @throws Error when there is more than a supergraph may have */
export function assertSupergraphSize(bytes: number): void {
  if (bytes > maxSupergraphBytes) throw new Error(`it is larger than ${maxSupergraphBytes} bytes`);
}

/**
 * The text of a supergraph. What is no UTF-8 is refused: a name or description that was damaged on its way would be
 * served with replacement characters.
 * @throws Error
 */
export function readSupergraphText(bytes: Buffer): string {
  assertSupergraphSize(bytes.length);
  if (!isUtf8(bytes)) throw new Error('it is not UTF-8');
  return bytes.toString('utf8');
}
