import { existsSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import type { Logger } from '@trellis/platform/log';
import { z } from 'zod';

const lastUseSchema = z.record(z.string(), z.iso.datetime());

/** When each API key was last used. */
export interface LastUse {
  /** Notes a use; costs no more than putting a number into a map. @param prefix of the key */
  note(prefix: string): void;
  /** Writes what was noted. */
  stop(): Promise<void>;
}

/** `api-keys.json` → `api-keys.last-use.json`, beside it. */
export function lastUseFileOf(keysFile: string): string {
  return `${keysFile.replace(/\.json$/, '')}.last-use.json`;
}

/** Times are written to the minute: who asks when is nobody's business to the second. */
const minuteMs = 60_000;

/**
 * Opens the file that says when each key was last used: JSON, prefix → time. Written at most once a minute, whole or not at
 * all. Several gateways may share it: each keeps the later time of every key. A file that cannot be written is told of
 * once and keeps nobody out.
 */
export function openLastUse(file: string, log: Logger): LastUse {
  const noted = new Map<string, number>();
  let isDirty = false;
  let hasFailed = false;

  async function write(): Promise<void> {
    if (!isDirty) return;
    isDirty = false;
    try {
      for (const [prefix, time] of readLastUse(file)) {
        if (time > (noted.get(prefix) ?? 0)) noted.set(prefix, time);
      }
      const entries = [...noted].toSorted(([one], [other]) => (one < other ? -1 : 1));
      const times = entries.map(([prefix, time]) => [prefix, toMinute(time)]);
      const draft = `${file}.${process.pid}`;
      await writeFile(draft, `${JSON.stringify(Object.fromEntries(times), undefined, 2)}\n`);
      await rename(draft, file);
      hasFailed = false;
    } catch (error) {
      isDirty = true;
      if (!hasFailed) log.warn({ err: error, file }, 'the last use of API keys cannot be written');
      hasFailed = true;
    }
  }
  const timer = setInterval(() => void write(), minuteMs);
  timer.unref();
  return {
    note(prefix) {
      noted.set(prefix, Date.now());
      isDirty = true;
    },
    async stop() {
      clearInterval(timer);
      await write();
    },
  };
}

/** @returns milliseconds since the epoch, by prefix; nothing when there is no such file @throws Error when it is none of ours */
function readLastUse(file: string): Map<string, number> {
  if (!existsSync(file)) return new Map();
  const times = lastUseSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return new Map(Object.entries(times).map(([prefix, time]) => [prefix, Date.parse(time)]));
}

function toMinute(time: number): string {
  return new Date(Math.floor(time / minuteMs) * minuteMs).toISOString();
}
