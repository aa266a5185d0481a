import type { DocumentNode } from 'graphql';

/** An operation that clients are known to send. */
export interface KnownOperation {
  /** Its name, or the start of its text when it has none. */
  name: string;
  /** One operation with the fragments it uses. */
  document: DocumentNode;
  text: string;
  /** Where it was found: a file, with a line for text files. */
  origin: string;
  line: number;
  /** How often it was seen, when the source is a usage log. */
  count?: number;
  lastSeenAt?: Date;
  clients: string[];
}
