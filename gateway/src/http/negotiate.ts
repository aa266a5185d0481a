export const jsonType = 'application/json; charset=utf-8';
export const graphqlResponseType = 'application/graphql-response+json; charset=utf-8';

export type ResponseType = typeof jsonType | typeof graphqlResponseType;

/** Clients send few different Accept headers; each is read once. */
const known = new Map<string, ResponseType | undefined>();
const maxKnown = 200;

/**
 * Chooses the media type of the answer (RFC 9110 §12.5.1; GraphQL over HTTP §6.4 takes application/json where the
 * client does not care).
 * @returns nothing when the client accepts neither of ours
 */
export function negotiate(accept: string | undefined): ResponseType | undefined {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return jsonType;
  // A list with nothing in it names no preference.
  if (accept === '') return jsonType;
  if (known.has(accept)) return known.get(accept);
  const chosen = choose(accept);
  if (known.size < maxKnown) known.set(accept, chosen);
  return chosen;
}

/** Whether a browser asks for a page: only those name text/html. */
export function wantsPage(accept: string | undefined): boolean {
  return accept !== undefined && accept.includes('text/html');
}

function choose(accept: string): ResponseType | undefined {
  const ranges = accept.split(',').map(readRange);
  const json = weightOf('application/json', ranges);
  const graphql = weightOf('application/graphql-response+json', ranges);
  if (json === 0 && graphql === 0) return undefined;
  if (graphql === json) return namesGraphql(ranges) ? graphqlResponseType : jsonType;
  return graphql > json ? graphqlResponseType : jsonType;
}

interface MediaRange {
  readonly type: string;
  readonly weight: number;
}

function readRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.toLowerCase().split(';');
  const weight = parameters.map((part) => /^\s*q=([\d.]+)\s*$/.exec(part)?.[1]).find(Boolean);
  const isOtherCharset = parameters.some((part) => /^\s*charset=(?!"?utf-?8"?)/.test(part));
  return {
    type: type.trim(),
    weight: isOtherCharset ? 0 : weight === undefined ? 1 : Number(weight),
  };
}

/** The most specific range that covers the type decides. */
function weightOf(type: string, ranges: readonly MediaRange[]): number {
  const of = (name: string): number | undefined => {
    const weights = ranges.filter((range) => range.type === name).map((range) => range.weight);
    return weights.length > 0 ? Math.max(...weights) : undefined;
  };
  return of(type) ?? of('application/*') ?? of('*/*') ?? 0;
}

function namesGraphql(ranges: readonly MediaRange[]): boolean {
  const named = ranges.findIndex((range) => range.type === 'application/graphql-response+json');
  const json = ranges.findIndex((range) => range.type === 'application/json');
  return named !== -1 && (json === -1 || named < json);
}
