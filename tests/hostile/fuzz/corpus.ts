import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { FuzzRequest } from './random-request.ts';
import type { RawAnswer } from './send-raw.ts';

/** Longer requests are not kept. */
const maxLength = 3_000;

/** The shortest request for each kind of answer that was ever seen. */
export class Corpus {
  readonly #entries = new Map<string, FuzzRequest>();

  /** @param file JSON of what earlier runs have kept; it need not exist */
  static read(file: string): Corpus {
    const corpus = new Corpus();
    if (!existsSync(file)) return corpus;
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, FuzzRequest>;
    for (const [kind, request] of Object.entries(kept)) corpus.#entries.set(kind, request);
    return corpus;
  }

  get entries(): readonly (readonly [kind: string, request: FuzzRequest])[] {
    return [...this.#entries];
  }

  note(request: FuzzRequest, answer: RawAnswer): void {
    const length = lengthOf(request);
    if (length > maxLength) return;
    const kind = kindOf(request, answer);
    const known = this.#entries.get(kind);
    if (known && lengthOf(known) <= length) return;
    this.#entries.set(kind, request);
  }

  write(file: string): void {
    const sorted = [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}

function lengthOf({ path, body, headers }: FuzzRequest): number {
  return path.length + body.length + JSON.stringify(headers).length;
}

/** Method, status, code and the message without what it quotes. */
function kindOf({ method }: FuzzRequest, { status, body }: RawAnswer): string {
  const code = /"code":"([A-Z_]+)"/.exec(body)?.[1] ?? 'none';
  const message = /"message":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? '';
  const words = message.replace(/\\".*?\\"|\$\S+|\d+|[^ -~]/g, '').slice(0, 60);
  return `${method} ${status} ${code} ${words}`.trim();
}
