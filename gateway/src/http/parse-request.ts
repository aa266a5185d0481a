import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';
import { parseExactly } from '../exact-variables.ts';

/** The parts of a GraphQL request that the client writes (GraphQL over HTTP, §5.1 Request Parameters). */
export interface RequestParameters {
  readonly query: string | undefined;
  readonly documentId?: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

export interface ParseLimits {
  readonly maxBodyBytes: number;
  readonly maxUrlBytes: number;
}

/**
 * Reads the body of a POST request: any JSON.
 * @throws GatewayError BAD_REQUEST, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
 */
export function readPost(request: IncomingMessage, limits: ParseLimits): Promise<unknown> {
  return new Promise((resolve, reject) => {
    assertMediaType(request);
    readBody(request, limits.maxBodyBytes, {
      fail: reject,
      finish(text) {
        try {
          resolve(parseJson(text, 'The request body'));
        } catch (error) {
          reject(error as GatewayError);
        }
      },
    });
  });
}

/**
 * Reads the parameters of a GET request from its query string.
 * @throws GatewayError BAD_REQUEST, URL_TOO_LONG
 */
export function readGet(url: string, limits: ParseLimits): RequestParameters {
  if (url.length > limits.maxUrlBytes) throw new GatewayError('URL_TOO_LONG');
  const start = url.indexOf('?');
  const search = new URLSearchParams(start === -1 ? '' : url.slice(start + 1));
  const variables = search.get('variables');
  const extensions = search.get('extensions');
  return checkParameters({
    query: search.get('query') ?? undefined,
    documentId: search.get('documentId') ?? undefined,
    operationName: search.get('operationName') || undefined,
    variables: variables ? parseJson(variables, 'The parameter "variables"') : undefined,
    extensions: extensions ? parseJson(extensions, 'The parameter "extensions"') : undefined,
  });
}

/** @throws GatewayError UNSUPPORTED_MEDIA_TYPE */
export function assertMediaType({ headers }: IncomingMessage): void {
  const type = headers['content-type'];
  if (type !== 'application/json' && !isJson(type)) {
    throw new GatewayError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The request body must be application/json in UTF-8, but its Content-Type is ${type === undefined ? 'missing' : JSON.stringify(type.slice(0, 100))}.`,
    );
  }
  const encoding = headers['content-encoding'];
  // RFC 9110 §8.4.1: names of codings are case-insensitive.
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'The request body must not be compressed.');
  }
}

/** RFC 8259 §8.1: JSON between systems is UTF-8; a charset parameter that says otherwise is refused. */
function isJson(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  if (type.trim() !== 'application/json') return false;
  return parameters.every((parameter) => {
    const [name = '', value = ''] = parameter.split('=');
    return name.trim() !== 'charset' || /^"?utf-?8"?$/.test(value.trim());
  });
}

/** Who waits for a body: only the first of what is told counts. */
interface BodyReader {
  finish(text: string): void;
  fail(error: GatewayError): void;
}

/** Collects the body and stops at the limit, whatever Content-Length promised. */
function readBody(request: IncomingMessage, maxBytes: number, reader: BodyReader): void {
  if (Number(request.headers['content-length']) > maxBytes) {
    reader.fail(tooLarge(maxBytes));
    return;
  }
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) {
      request.removeAllListeners('data');
      reader.fail(tooLarge(maxBytes));
    } else if (!first) first = chunk;
    else (chunks ??= [first]).push(chunk);
  });
  request.on('end', () => {
    const body = chunks ? Buffer.concat(chunks, size) : first;
    reader.finish(body ? body.toString('utf8') : '');
  });
  request.on('error', () =>
    reader.fail(new GatewayError('BAD_REQUEST', 'The request was cut off.')),
  );
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('BODY_TOO_LARGE', `The request body is larger than ${maxBytes} bytes.`);
}

function parseJson(text: string, what: string): unknown {
  try {
    // RFC 8259 §8.1: a byte order mark may be ignored. One of them.
    return parseExactly(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    throw new GatewayError(
      'BAD_REQUEST',
      `${what} is ${text === '' || text === '\uFEFF' ? 'empty' : 'not JSON'}.`,
    );
  }
}

/**
 * Checks the JSON types of request parameters.
 * @throws GatewayError BAD_REQUEST
 */
export function checkParameters(body: unknown): RequestParameters {
  if (Array.isArray(body)) {
    throw new GatewayError('BAD_REQUEST', 'Several operations in one request are not accepted.');
  }
  if (!isObject(body)) {
    throw new GatewayError('BAD_REQUEST', 'The request must be a JSON object with a "query".');
  }
  const { query, documentId, operationName, variables, extensions } = body;
  return {
    query: checkString(query, 'query'),
    documentId: checkString(documentId, 'documentId'),
    operationName: checkString(operationName, 'operationName'),
    variables: checkObject(variables, 'variables'),
    extensions: checkObject(extensions, 'extensions'),
  };
}

function checkString(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new GatewayError('BAD_REQUEST', `"${name}" must be a string, but it is ${kindOf(value)}.`);
}

function checkObject(value: unknown, name: string): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  if (isObject(value)) return value;
  throw new GatewayError('BAD_REQUEST', `"${name}" must be an object, but it is ${kindOf(value)}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
