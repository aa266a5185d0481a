import type { IncomingHttpHeaders } from 'node:http';
import { MalformedResponse } from './malformed-response.ts';

/** Start line and headers of a response, read. */
export interface ResponseHead {
  readonly status: number;
  /** Names in lower case; several values of one name are joined by commas (RFC 9110 §5.3). */
  readonly headers: IncomingHttpHeaders;
  /** How long the body is: so many bytes, in chunks, or up to the end of the connection (RFC 9112 §6.3). */
  readonly framing: number | 'chunked' | 'untilClose';
  /** Whether the connection stays open after this response (RFC 9112 §9.3). */
  readonly isPersistent: boolean;
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/;
// RFC 9110 §5.6.2: what a field name may be made of.
const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// RFC 9110 §5.5: no control characters; a bare CR or LF would hide another field.
// eslint-disable-next-line no-control-regex
const forbiddenInValue = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * Reads the head of a response.
 * @param text everything before the empty line, one character per byte
 * @throws MalformedResponse
 */
export function parseHead(text: string): ResponseHead {
  let lineEnd = text.indexOf('\r\n');
  const start = statusLine.exec(lineEnd === -1 ? text : text.slice(0, lineEnd));
  if (!start) throw new MalformedResponse('no HTTP/1.1 status line');
  const headers = Object.create(null) as Record<string, string>;
  while (lineEnd !== -1) {
    const from = lineEnd + 2;
    lineEnd = text.indexOf('\r\n', from);
    addField(headers, text, from, lineEnd === -1 ? text.length : lineEnd);
  }
  const status = Number(start[2]);
  if (status === 101) throw new MalformedResponse('a change of protocol nobody asked for');
  const framing = framingOf(status, headers);
  return {
    status,
    headers,
    framing,
    isPersistent: framing !== 'untilClose' && isPersistent(start[1] === '1', headers),
  };
}

interface Field {
  readonly key: string;
  readonly value: string;
}

/** Lines that were read before: a subgraph says most of them in every answer. */
const knownFields = new Map<string, Field>();
const maxKnownFields = 500;
const maxKnownLength = 200;

function addField(headers: Record<string, string>, text: string, from: number, to: number): void {
  const line = text.slice(from, to);
  let field = knownFields.get(line);
  if (!field) {
    // A copy: a part of the head would keep all of it.
    const copy = Buffer.from(line, 'latin1').toString('latin1');
    field = readField(copy);
    if (line.length <= maxKnownLength) {
      // All at once: the lines of now are soon known again.
      if (knownFields.size >= maxKnownFields) knownFields.clear();
      knownFields.set(copy, field);
    }
  }
  const { key, value } = field;
  const known = headers[key];
  headers[key] = known === undefined ? value : `${known}, ${value}`;
}

function readField(line: string): Field {
  const colon = line.indexOf(':');
  const name = colon === -1 ? '' : line.slice(0, colon);
  // A name that starts with a space would be a folded line, which is obsolete (RFC 9112 §5.2).
  if (!fieldName.test(name)) throw new MalformedResponse('a malformed header');
  const value = line.slice(colon + 1).trim();
  if (forbiddenInValue.test(value)) throw new MalformedResponse('a malformed header value');
  return { key: name.toLowerCase(), value };
}

function framingOf(status: number, headers: Record<string, string>): ResponseHead['framing'] {
  const { 'transfer-encoding': encoding, 'content-length': length } = headers;
  if (status < 200 || status === 204 || status === 304) return 0;
  if (encoding !== undefined) {
    // Both at once is how responses are smuggled (RFC 9112 §6.1).
    if (length !== undefined) throw new MalformedResponse('two lengths for one body');
    if (encoding.toLowerCase() === 'chunked') return 'chunked';
    throw new MalformedResponse('a transfer encoding that is not understood');
  }
  if (length === undefined) return 'untilClose';
  // "5, 5" is the same length said twice (RFC 9110 §8.6); anything else is an error.
  const [first = '', ...others] = length.split(/[ \t]*,[ \t]*/);
  if (!/^\d{1,15}$/.test(first) || others.some((other) => other !== first)) {
    throw new MalformedResponse('a malformed Content-Length');
  }
  return Number(first);
}

function isPersistent(isHttp11: boolean, { connection }: Record<string, string>): boolean {
  if (connection === undefined) return isHttp11;
  const options = connection.toLowerCase().split(/[ \t]*,[ \t]*/);
  if (options.includes('close')) return false;
  return isHttp11 || options.includes('keep-alive');
}
