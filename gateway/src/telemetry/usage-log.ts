import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from '@trellis/platform/log';
import { outcomeChannel, type RequestRecord } from '../channels.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import { clip } from './clip.ts';
import { hideLiterals } from './hide-literals.ts';

export interface UsageLogOptions {
  /** File, or folder. */
  readonly path: string;
  readonly intervalMs: number;
  readonly maxOperations: number;
  readonly log: Logger;
}

export interface UsageLog {
  /** Writes what was counted so far. Never rejects: what could not be written is kept for the next time. */
  flush(): Promise<void>;
  /** Writes what is left, and counts no more. */
  stop(): Promise<void>;
}

/** One line of the file, as `trellis supergraph check` reads it (docs/cli.md). */
interface UsageLine {
  readonly time: string;
  readonly document: string;
  readonly client?: string;
  readonly count: number;
}

interface Usage {
  readonly document: string;
  /** Empty when it did not say. */
  readonly client: string;
  count: number;
}

/** No text of an operation that is longer comes into the log: it is counted as one that did not fit. */
const maxDocumentLength = 100_000;
/** Complete lines are written in pieces of about this size, each with one call, so that processes may share a file. */
const pieceLength = 64 * 1024;

/** Counts valid operations by their text without literals and by client, and appends the counts to a file. */
export function startUsageLog(options: UsageLogOptions): UsageLog {
  const counts = createCounts(options.maxOperations);
  const count = (message: unknown): void => counts.add(message as RequestRecord);
  let flushing = Promise.resolve();

  async function write(): Promise<void> {
    const taken = counts.take();
    const lines = describe(taken, new Date().toISOString());
    if (lines.length === 0) return;
    try {
      await append(await fileOf(options.path), lines);
    } catch (error) {
      counts.giveBack(taken);
      const reason = (error as Error).message;
      options.log.warn({ reason }, 'the usage log cannot be written; its counts are kept');
    }
  }
  function flush(): Promise<void> {
    flushing = flushing.then(write);
    return flushing;
  }

  outcomeChannel.subscribe(count);
  const timer = setInterval(() => void flush(), options.intervalMs).unref();
  return {
    flush,
    async stop() {
      clearInterval(timer);
      outcomeChannel.unsubscribe(count);
      await flush();
    },
  };
}

interface Taken {
  readonly usages: readonly Usage[];
  /** Requests whose operation or client did not fit. */
  readonly beyond: number;
}

interface Counts {
  add(record: RequestRecord): void;
  /** Everything so far; counting starts again. */
  take(): Taken;
  /** Counts that could not be written. */
  giveBack(taken: Taken): void;
}

function createCounts(maxOperations: number): Counts {
  let usages = new Map<string, Usage>();
  /** The same by operation and client, found without the text. */
  let known = new WeakMap<PreparedOperation, Map<string, Usage>>();
  let beyond = 0;

  function countText(document: string, client: string, count: number): Usage | undefined {
    const key = `${client}\n${document}`;
    let usage = usages.get(key);
    if (!usage) {
      if (usages.size >= maxOperations || document.length > maxDocumentLength) {
        beyond += count;
        return undefined;
      }
      usages.set(key, (usage = { document, client, count: 0 }));
    }
    usage.count += count;
    return usage;
  }

  function countNew(prepared: PreparedOperation, client: string): void {
    // Making texts takes time: strangers with ever new ones are only counted.
    if (usages.size >= maxOperations) {
      beyond += 1;
      return;
    }
    const usage = countText(hideLiterals(prepared.document, prepared.operation), client, 1);
    if (!usage) return;
    const byClient = known.get(prepared) ?? new Map<string, Usage>();
    known.set(prepared, byClient.set(client, usage));
  }

  return {
    add({ prepared, clientName = '', clientVersion }) {
      if (!prepared) return;
      const client = clip(clientVersion ? `${clientName}@${clientVersion}` : clientName);
      const usage = known.get(prepared)?.get(client);
      if (usage) usage.count += 1;
      else countNew(prepared, client);
    },
    take() {
      const taken = { usages: [...usages.values()], beyond };
      usages = new Map();
      known = new WeakMap();
      beyond = 0;
      return taken;
    },
    giveBack(taken) {
      beyond += taken.beyond;
      for (const { document, client, count } of taken.usages) countText(document, client, count);
    },
  };
}

function describe({ usages, beyond }: Taken, time: string): readonly string[] {
  const lines = usages.map(
    ({ document, client, count }): UsageLine | { time: string; beyond: number } =>
      client === '' ? { time, document, count } : { time, document, client, count },
  );
  if (beyond > 0) lines.push({ time, beyond });
  return lines.map((line) => `${JSON.stringify(line)}\n`);
}

/** What `trellis supergraph check` reads as a usage log. */
const logFile = /\.(jsonl|ndjson|log)$/;

/** A folder gets a file for each day and process: nothing grows for ever, and no two processes share one. */
async function fileOf(path: string): Promise<string> {
  const day = new Date().toISOString().slice(0, 10);
  const file = logFile.test(path) ? path : join(path, `usage-${day}-${process.pid}.jsonl`);
  await mkdir(dirname(file), { recursive: true });
  return file;
}

async function append(file: string, lines: readonly string[]): Promise<void> {
  const handle = await open(file, 'a');
  try {
    let piece = '';
    for (const line of lines) {
      piece += line;
      if (piece.length < pieceLength) continue;
      await handle.write(piece);
      piece = '';
    }
    if (piece !== '') await handle.write(piece);
  } finally {
    await handle.close();
  }
}
