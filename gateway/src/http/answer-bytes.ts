import type { Answer } from '../request.ts';

/** Below this it makes no difference that can be measured. */
const minLength = 16 * 1024;

let last: Answer | undefined;
let lastBytes: Buffer | undefined;

/**
 * Encodes a large answer; undefined for others, which go out as text. Callers who share an answer all get it in the
 * same turn of the event loop: they share its bytes too.
 */
export function answerBytes(answer: Answer): Buffer | undefined {
  if (answer.body.length < minLength) return undefined;
  if (answer !== last) {
    if (!last) setImmediate(forget);
    last = answer;
    lastBytes = encode(answer.body);
  }
  return lastBytes;
}

/** Characters are bytes where there are as many: copying costs a third of encoding. */
function encode(text: string): Buffer {
  return Buffer.from(text, Buffer.byteLength(text) === text.length ? 'latin1' : 'utf8');
}

/** What was written is not kept. */
function forget(): void {
  last = undefined;
  lastBytes = undefined;
}
