/** How long an answer, or a part of it, may be kept, and by whom (RFC 9111). */
export interface CachePolicy {
  /** 0: not at all. */
  readonly maxAgeSeconds: number;
  /** Only the caller's own cache may keep it. */
  readonly isPrivate: boolean;
}

/** What the hints of the schema (`@cacheControl`) say of an operation. Without an age: any, so it is infinite. */
export interface HintedCaching {
  /** The hints that are there. */
  readonly declared: CachePolicy;
  /** With the default age for whatever should have a hint and has none. */
  readonly complete: CachePolicy;
}

/** Subgraphs send few different headers; each is read once. */
const known = new Map<string, CachePolicy>();
const maxKnown = 200;

const noStore: CachePolicy = { maxAgeSeconds: 0, isPrivate: false };

/** Reads the Cache-Control header of a response. @returns nothing when there is none */
export function readCachePolicy(header: string | undefined): CachePolicy | undefined {
  if (header === undefined) return undefined;
  const before = known.get(header);
  if (before) return before;
  const policy = parse(header);
  if (known.size < maxKnown) known.set(header, policy);
  return policy;
}

function parse(header: string): CachePolicy {
  const directives = header.split(',').map((each) => each.trim().toLowerCase());
  if (directives.includes('no-store') || directives.includes('no-cache')) return noStore;
  const ages = directives.flatMap((each) => {
    const seconds = /^(?:s-)?max-?age="?(\d{1,9})"?$/.exec(each)?.[1];
    return seconds === undefined ? [] : [Number(seconds)];
  });
  const maxAgeSeconds = ages.length > 0 ? Math.min(...ages) : 0;
  if (maxAgeSeconds === 0) return noStore;
  return { maxAgeSeconds, isPrivate: directives.some((each) => each.startsWith('private')) };
}

/** What holds for both parts together: the shorter time, and private when either is. Nothing when either has nothing. */
export function strictest(
  first: CachePolicy | undefined,
  second: CachePolicy | undefined,
): CachePolicy | undefined {
  if (!first || !second || first === second) return first && second;
  return {
    maxAgeSeconds: Math.min(first.maxAgeSeconds, second.maxAgeSeconds),
    isPrivate: first.isPrivate || second.isPrivate,
  };
}

/** What the responses that an answer is made of have said so far. */
export interface SaidOfCaching {
  /** The strictest of their headers. Undefined: none had one. */
  readonly said: CachePolicy | undefined;
  /** Whether one of them had none. */
  readonly isSilent: boolean;
}

/**
 * What caches may do with an answer: what the strictest of headers and hints permits. Where a response has no header, the
 * hints must be complete to stand in for it.
 * @returns nothing when it must not be kept
 */
export function decideCaching(
  { said, isSilent }: SaidOfCaching,
  hints: HintedCaching | undefined,
): CachePolicy | undefined {
  if (!said && !isSilent) return undefined;
  if (isSilent && !hints) return undefined;
  const hinted = isSilent ? hints?.complete : hints?.declared;
  const policy = said && hinted ? strictest(said, hinted) : (said ?? hinted);
  const isKept = policy && policy.maxAgeSeconds > 0 && Number.isFinite(policy.maxAgeSeconds);
  return isKept ? policy : undefined;
}

/** The header of an answer with this policy. */
export function formatCachePolicy(policy: CachePolicy | undefined): string {
  if (!policy || policy.maxAgeSeconds === 0) return 'no-store';
  return `max-age=${policy.maxAgeSeconds}, ${policy.isPrivate ? 'private' : 'public'}`;
}
