import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { GatewayError, type GatewayErrorCode } from '../errors.ts';
import { jsonType } from '../http/negotiate.ts';
import { formatRefusal } from '../http/write-json.ts';

/** Status lines of answers to what never became a request. */
type StatusLine =
  | '400 Bad Request'
  | '405 Method Not Allowed'
  | '408 Request Timeout'
  | '414 URI Too Long'
  | '431 Request Header Fields Too Large'
  | '503 Service Unavailable';

interface RawRefusal {
  readonly code: GatewayErrorCode;
  readonly message: string;
  /** Header lines beside the usual ones. */
  readonly headers?: readonly string[];
}

/** How long a client that was refused may take to read so; then its connection is cut. */
const lingerMs = 200;

/** A whole HTTP response as text, in the form of every other refusal; it ends the connection. */
export function writeRawRefusal(status: StatusLine, refusal: RawRefusal): string {
  const { code, message, headers = [] } = refusal;
  const body = formatRefusal(new GatewayError(code, message), '');
  return [
    `HTTP/1.1 ${status}`,
    'connection: close',
    `content-type: ${jsonType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    'cache-control: no-store',
    ...headers,
    '',
    body,
  ].join('\r\n');
}

const tooManyConnections = writeRawRefusal('503 Service Unavailable', {
  code: 'OVERLOADED',
  message: 'Too many connections. Try again in a moment.',
  headers: ['retry-after: 1'],
});

const connectRefused = writeRawRefusal('405 Method Not Allowed', {
  code: 'METHOD_NOT_ALLOWED',
  message: 'This is no proxy. GraphQL is asked with POST or GET.',
  headers: ['allow: GET, POST'],
});

/** Turns a connection away that is one too many. */
export function refuseConnection(socket: Socket): void {
  endWith(socket, tooManyConnections);
}

/** Answers CONNECT, which Node hands over as a bare socket. */
export function refuseConnect(socket: Duplex): void {
  endWith(socket, connectRefused);
}

/** What is no HTTP gets an answer all the same, and the connection ends. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else endWith(socket, describeMalformed(error as ParseError));
}

interface ParseError extends NodeJS.ErrnoException {
  /** What was being read when it failed. */
  readonly rawPacket?: Buffer;
}

function describeMalformed(error: ParseError): string {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW': {
      if (!isInRequestLine(error.rawPacket)) {
        const message = 'The request headers are larger than 16 KB.';
        return writeRawRefusal('431 Request Header Fields Too Large', {
          code: 'BAD_REQUEST',
          message,
        });
      }
      return writeRawRefusal('414 URI Too Long', {
        code: 'URL_TOO_LONG',
        message: 'The address is too long.',
      });
    }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return writeRawRefusal('408 Request Timeout', {
        code: 'BAD_REQUEST',
        message: 'The request took too long to arrive.',
      });
    default:
      return writeRawRefusal('400 Bad Request', {
        code: 'BAD_REQUEST',
        message: 'The request is not HTTP/1.1.',
      });
  }
}

/** Whether what overflowed is the address: a method begins the packet, and its line does not end. */
function isInRequestLine(packet: Buffer | undefined): boolean {
  if (!packet || !/^[A-Z]+ \S/.test(packet.toString('latin1', 0, 16))) return false;
  return !packet.subarray(0, 16_000).includes('\n');
}

/** Ends the connection after the text; whoever does not read it is cut off. */
function endWith(socket: Duplex, text: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(text);
  // Without reading, what the client still sends would turn into a reset that overtakes the answer.
  socket.resume();
  const cut = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.once('close', () => clearTimeout(cut));
}
