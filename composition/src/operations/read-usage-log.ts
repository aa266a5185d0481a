import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { CommandError } from '../command-error.ts';
import type { KnownOperation } from './known-operation.ts';
import { splitDocuments } from './split-documents.ts';

interface UsageLog {
  /** Absolute path. */
  file: string;
  /** How messages call it. */
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
  /** Which operation of the document, where it has several. */
  operationName?: string | null;
  count?: number;
  client?: string;
  /** In a line of its own: requests since the line before whose operations did not fit into the gateway's bound. */
  beyond?: number;
}

/** What a usage log says about itself. */
export interface UsageCoverage {
  /** When its oldest line was written; undefined when no line has a time. */
  since: Date | undefined;
  /** Requests that it only counted. */
  beyond: number;
}

export interface ReadUsage {
  operations: KnownOperation[];
  coverage: UsageCoverage;
}

/**
 * Reads a usage log line by line, however large it is: one JSON object a line with `time`, `document` (or `query`),
 * optionally `operationName`, `count` and `client`. Lines of another kind, such as other log records, are passed over.
 * @throws CommandError when the file cannot be read, or not one line of it is an entry
 */
export async function readUsageLog({ file, origin, since }: UsageLog): Promise<ReadUsage> {
  const usage = createUsage(origin, since);
  let lines = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
      if (line.trim() === '') continue;
      lines += 1;
      usage.add(line);
    }
  } catch (error) {
    throw new CommandError(`${origin}: ${(error as Error).message}`, 3, { cause: error });
  }
  if (usage.entries() === 0 && lines > 0) {
    throw new CommandError(
      `${origin}: is no usage log; expected lines like {"time":"2026-11-22T10:00:00Z","document":"{ … }"}`,
    );
  }
  return { operations: usage.operations(), coverage: usage.coverage };
}

interface Usage {
  readonly coverage: UsageCoverage;
  add(line: string): void;
  entries(): number;
  operations(): KnownOperation[];
}

function createUsage(origin: string, since: Date): Usage {
  const byDocument = new Map<string, KnownOperation[]>();
  const coverage: UsageCoverage = { since: undefined, beyond: 0 };
  let entries = 0;
  return {
    coverage,
    add(line) {
      const entry = parseEntry(line);
      const document = entry?.document ?? entry?.query;
      if (!entry || (typeof document !== 'string' && typeof entry.beyond !== 'number')) return;
      entries += 1;
      const seenAt = entry.time === undefined ? new Date() : new Date(entry.time);
      if (entry.time !== undefined && (!coverage.since || seenAt < coverage.since)) {
        coverage.since = seenAt;
      }
      if (seenAt < since) return;
      coverage.beyond += entry.beyond ?? 0;
      if (typeof document !== 'string') return;
      let known = byDocument.get(document);
      if (!known) byDocument.set(document, (known = split(document, origin)));
      for (const operation of known) {
        const isMeant = !entry.operationName || entry.operationName === operation.name;
        if (isMeant) note(operation, entry, seenAt);
      }
    },
    entries: () => entries,
    operations: () => [...byDocument.values()].flat().filter(({ lastSeenAt }) => lastSeenAt),
  };
}

/** Clients send broken texts too; they use nothing. */
function split(document: string, origin: string): KnownOperation[] {
  try {
    return splitDocuments([{ origin, text: document }]);
  } catch {
    return [];
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
