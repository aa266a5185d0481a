import { FetchFailure } from './fetch-failure.ts';
import { parseJson } from './parse-json.ts';
import type {
  JsonObject,
  JsonValue,
  SubgraphResponse,
  SubgraphResponseError,
} from './subgraph-fetch.ts';

/** How much of an unusable body may go to the log. */
const maxExcerptBytes = 2048;

/** Errors of one answer that are looked at. */
const maxErrors = 1_000;

/** Levels of an error's extensions; what is deeper is dropped as a whole. */
const maxExtensionDepth = 64;

const backslash = 0x5c;

/** The first bytes of a body, for the log. */
export function excerpt(body: Buffer): string {
  return body.subarray(0, maxExcerptBytes).toString('utf8');
}

/**
 * Reads an answer strictly as GraphQL's response format (spec October 2021, §7.1): a JSON object whose `data` is an
 * object or null, whose `errors`, if there, is a list of objects with a message, and which has one of the two.
 * The content type is not looked at: what parses as such is accepted, whatever it calls itself.
 * @throws FetchFailure SUBGRAPH_MALFORMED_RESPONSE for anything else: no outage passes as a silent null
 */
export function readResponse(body: Buffer, subgraph: string): SubgraphResponse {
  let value: JsonValue;
  try {
    value = parseJson(body);
  } catch (error) {
    // The parser's own message quotes the body: only its kind may go on.
    throw malformed(subgraph, body, `no JSON (${(error as Error).name})`);
  }
  if (!isObject(value)) throw malformed(subgraph, body, 'the body is no JSON object');
  const problem = findProblem(value);
  if (problem !== undefined) throw malformed(subgraph, body, problem);
  return toResponse(value, !body.includes(backslash));
}

/**
 * The same checks for a value that came from a data source of the application instead of a socket.
 * @throws FetchFailure SUBGRAPH_MALFORMED_RESPONSE
 */
export function readResponseValue(value: unknown, subgraph: string): SubgraphResponse {
  const problem = isObject(value) ? findProblem(value) : 'the data source returned no object';
  if (problem !== undefined) throw malformed(subgraph, undefined, problem);
  return toResponse(value as JsonObject, false);
}

function findProblem({ data, errors }: JsonObject): string | undefined {
  if (data !== undefined && data !== null && !isObject(data)) return '`data` is no object';
  if (errors === undefined || errors === null) {
    if (data === undefined) return 'there is neither `data` nor `errors`';
    return data === null ? '`data` is null and there are no `errors`' : undefined;
  }
  if (!Array.isArray(errors)) return '`errors` is no list';
  if (!errors.every(isError)) return '`errors` holds something that is no error';
  if (errors.length === 0 && !isObject(data)) return '`errors` is empty and there is no `data`';
  return undefined;
}

function isError(value: JsonValue): boolean {
  return isObject(value) && typeof value['message'] === 'string';
}

function toResponse(value: JsonObject, isPlain: boolean): SubgraphResponse {
  const { data, errors, extensions } = value;
  return {
    data: data as JsonObject | null | undefined,
    errors:
      Array.isArray(errors) && errors.length > 0
        ? toErrors(errors as readonly JsonObject[])
        : undefined,
    extensions: isObject(extensions) ? extensions : undefined,
    isPlain,
  };
}

/** A list of millions would be a longer answer than the one it came in. What was left out counts for the whole fetch. */
function toErrors(errors: readonly JsonObject[]): readonly SubgraphResponseError[] {
  const kept = errors.slice(0, maxErrors).map(toError);
  if (errors.length <= maxErrors) return kept;
  const message = `${errors.length - maxErrors} more errors were left out.`;
  return [...kept, { message, path: undefined, extensions: undefined }];
}

function toError({ message, path, extensions }: JsonObject): SubgraphResponseError {
  return {
    message: message as string,
    path: isPath(path) ? path : undefined,
    extensions: isObject(extensions) && isShallow(extensions) ? extensions : undefined,
  };
}

/** Whatever writes extensions, to a log or a client, must not run out of stack over them. */
function isShallow(root: JsonObject): boolean {
  let level: JsonValue[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxExtensionDepth) return false;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as JsonValue[]) : [],
    );
  }
  return true;
}

/** A path that cannot be one is dropped; the engine then uses the place of the fetch. */
function isPath(path: JsonValue | undefined): path is readonly (string | number)[] {
  return (
    Array.isArray(path) &&
    path.every((part) => typeof part === 'string' || (Number.isSafeInteger(part) && part >= 0))
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(subgraph: string, body: Buffer | undefined, detail: string): FetchFailure {
  return new FetchFailure('SUBGRAPH_MALFORMED_RESPONSE', subgraph, {
    detail,
    blame: 'subgraph',
    ...(body === undefined ? {} : { bodyExcerpt: excerpt(body) }),
  });
}
