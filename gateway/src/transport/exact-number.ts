/**
 * An integer that no double holds, such as 9007199254740993: kept as its digits.
 * A subgraph may send one for an ID, a Float or a custom scalar. Whoever writes an answer or a representation writes
 * `text` as it is; JSON.stringify does so by itself from Node 22 on, and writes a string of digits before.
 */
export class ExactNumber {
  /** An integer as JSON writes it. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => unknown };
    return rawJSON ? rawJSON(this.text) : this.text;
  }

  toString(): string {
    return this.text;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const dot = 0x2e;
const minDigits = 16;

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= 0x30 && code <= 0x39;
}

/**
 * Whether the text has 16 or more digits in a row, in a number or in a string. Looks at one byte of
 * sixteen, as so many in a row cannot miss it: a tenth of what parsing costs, where a regular expression takes a third.
 */
export function hasLongDigitRun(body: Buffer): boolean {
  for (let at = minDigits - 1; at < body.length; at += minDigits) {
    if (!isDigit(body[at])) continue;
    let start = at;
    while (start > 0 && isDigit(body[start - 1])) start -= 1;
    let end = at;
    while (isDigit(body[end + 1])) end += 1;
    if (end - start + 1 >= minDigits) return true;
  }
  return false;
}

/** Stands before the digits of an exact number while it goes through JSON.parse as a string. */
const mark = '\uE000trellis exact number ';

/** Turns every integer that a double would change into a marked string; `readMarked` turns it back. */
export function markLargeIntegers(json: string): string {
  let result = '';
  let copied = 0;
  let at = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfString(json, at);
    else if (code === minus || isDigit(code)) {
      const end = endOfInteger(json, at);
      if (end - at >= minDigits && isChangedByDouble(json, at, end)) {
        result += `${json.slice(copied, at)}"${mark}${json.slice(at, end)}"`;
        copied = end;
      }
      at = endOfNumber(json, end);
    } else at += 1;
  }
  return copied === 0 ? json : result + json.slice(copied);
}

function endOfString(json: string, start: number): number {
  let at = json.indexOf('"', start + 1);
  while (at !== -1 && isEscaped(json, at)) at = json.indexOf('"', at + 1);
  return at === -1 ? json.length + 1 : at + 1;
}

/** Whether an odd number of backslashes stands before a quote. */
function isEscaped(json: string, quoteAt: number): boolean {
  let at = quoteAt;
  while (json.charCodeAt(at - 1) === backslash) at -= 1;
  return (quoteAt - at) % 2 === 1;
}

function endOfInteger(json: string, start: number): number {
  let at = start + 1;
  while (isDigit(json.charCodeAt(at))) at += 1;
  return at;
}

function endOfNumber(json: string, start: number): number {
  let at = start;
  while (isInNumber(json.charCodeAt(at))) at += 1;
  return at;
}

/** Digits, `.`, `e`, `E`, `+` and `-`. */
function isInNumber(code: number): boolean {
  return (
    isDigit(code) ||
    code === dot ||
    code === 0x65 ||
    code === 0x45 ||
    code === 0x2b ||
    code === minus
  );
}

function isChangedByDouble(json: string, start: number, end: number): boolean {
  const next = json.charCodeAt(end);
  const isWhole = next !== dot && next !== 0x65 && next !== 0x45;
  return isWhole && !Number.isSafeInteger(Number(json.slice(start, end)));
}

/** @returns the exact number a string stands for, undefined when it is an ordinary string */
export function readMarked(text: string): ExactNumber | undefined {
  return text.startsWith(mark) ? new ExactNumber(text.slice(mark.length)) : undefined;
}
