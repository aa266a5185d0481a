import { CommandError } from '../command-error.ts';
import type { KnownOperation } from './known-operation.ts';
import { splitDocuments } from './split-documents.ts';

interface UsageLog {
  text: string;
  origin: string;
  /** Older entries are left out. */
  since: Date;
}

/** One line of the gateway's usage log. */
interface UsageEntry {
  /** ISO 8601 or milliseconds since 1970. */
  time?: string | number;
  /** Text of the operation. */
  document?: string;
  query?: string;
  count?: number;
  client?: string;
}

/**
 * Reads a usage log: one JSON object a line with `time`, `document` (or `query`), optionally `count` and `client`.
 * Lines of another kind, such as other log records, are passed over.
 * @throws CommandError when not one line can be read
 */
export function parseUsageLog({ text, origin, since }: UsageLog): KnownOperation[] {
  let readable = 0;
  const operations = new Map<string, KnownOperation>();
  for (const line of text.split('\n')) {
    const entry = parseEntry(line);
    const document = entry?.document ?? entry?.query;
    if (!entry || typeof document !== 'string') continue;
    readable += 1;
    const seenAt = entry.time === undefined ? new Date() : new Date(entry.time);
    if (seenAt < since) continue;
    const known = operations.get(document);
    if (known) note(known, entry, seenAt);
    else addOperation(operations, document, { origin, entry, seenAt });
  }
  if (readable === 0 && text.trim() !== '') {
    throw new CommandError(
      `${origin}: is no usage log; expected lines like {"time":"2026-11-22T10:00:00Z","document":"{ … }"}`,
    );
  }
  return [...operations.values()];
}

function addOperation(
  operations: Map<string, KnownOperation>,
  document: string,
  { origin, entry, seenAt }: { origin: string; entry: UsageEntry; seenAt: Date },
): void {
  let found: KnownOperation[];
  try {
    found = splitDocuments([{ origin, text: document }]);
  } catch {
    // Clients send broken texts too; they use nothing.
    return;
  }
  for (const operation of found) {
    note(operation, entry, seenAt);
    operations.set(document, operation);
  }
}

function note(operation: KnownOperation, entry: UsageEntry, seenAt: Date): void {
  operation.count = (operation.count ?? 0) + (entry.count ?? 1);
  if ((operation.lastSeenAt ?? 0) < seenAt) operation.lastSeenAt = seenAt;
  if (entry.client !== undefined && !operation.clients.includes(entry.client)) {
    operation.clients.push(entry.client);
  }
}

function parseEntry(line: string): UsageEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as UsageEntry;
  } catch {
    return undefined;
  }
}
