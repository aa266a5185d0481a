import { hasLongDigitRun, markLargeIntegers, readMarked } from './exact-number.ts';
import type { JsonValue } from './subgraph-fetch.ts';

/**
 * Parses what a subgraph sent. Invalid UTF-8 becomes U+FFFD, a byte order mark is skipped, the last of equal keys wins,
 * keys named `__proto__` are dropped at any depth, and integers beyond 2^53 become an ExactNumber.
 * The plain case costs two short scans beside JSON.parse.
 * @throws SyntaxError when the text is not JSON
 */
export function parseJson(body: Buffer): JsonValue {
  let text = body.toString('utf8');
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  // Fractions have as many digits as well: then nothing is marked.
  const marked = hasLongDigitRun(body) ? markLargeIntegers(text) : text;
  const isMarked = marked.length !== text.length;
  const value = JSON.parse(marked) as JsonValue;
  // Every `__typename` starts like the long name, so that looking for it costs a third of parsing: first for a short one.
  // A key may also be written with escapes, as "\u005f_proto__".
  const mayHoldPrototype =
    (text.includes('__p') && text.includes('__proto__')) || text.includes('\\u');
  if (isMarked || mayHoldPrototype) clean(value);
  return value;
}

type Container = Record<string, JsonValue> | JsonValue[];

/** Walks without recursion: an answer may be nested deeper than the stack. */
function clean(root: JsonValue): void {
  const pending: Container[] = [];
  if (isContainer(root)) pending.push(root);
  for (let container = pending.pop(); container; container = pending.pop()) {
    if (Array.isArray(container)) cleanItems(container, pending);
    else cleanKeys(container, pending);
  }
}

function cleanItems(items: JsonValue[], pending: Container[]): void {
  for (const [at, item] of items.entries()) {
    if (isContainer(item)) pending.push(item);
    else if (typeof item === 'string') items[at] = exact(item);
  }
}

function cleanKeys(object: Record<string, JsonValue>, pending: Container[]): void {
  if (Object.hasOwn(object, '__proto__')) delete object['__proto__'];
  for (const key of Object.keys(object)) {
    const item = object[key];
    if (item === undefined) continue;
    if (isContainer(item)) pending.push(item);
    else if (typeof item === 'string') object[key] = exact(item);
  }
}

function exact(text: string): JsonValue {
  const number = readMarked(text);
  return number === undefined ? text : (number as unknown as JsonValue);
}

function isContainer(value: JsonValue | undefined): value is Container {
  return typeof value === 'object' && value !== null;
}
