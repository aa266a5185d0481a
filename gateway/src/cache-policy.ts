/** How long an answer, or a part of it, may be kept, and by whom (RFC 9111). */
export interface CachePolicy {
  readonly maxAgeSeconds: number;
  /** Only the caller's own cache may keep it. */
  readonly isPrivate: boolean;
}

/** Subgraphs send few different headers; each is read once. */
const known = new Map<string, CachePolicy | undefined>();
const maxKnown = 200;

/** Reads the Cache-Control header of a response. @returns nothing when it must not be kept */
export function readCachePolicy(header: string | undefined): CachePolicy | undefined {
  if (header === undefined) return undefined;
  if (known.has(header)) return known.get(header);
  const policy = parse(header);
  if (known.size < maxKnown) known.set(header, policy);
  return policy;
}

function parse(header: string): CachePolicy | undefined {
  const directives = header.split(',').map((each) => each.trim().toLowerCase());
  if (directives.includes('no-store') || directives.includes('no-cache')) return undefined;
  const ages = directives.flatMap((each) => {
    const seconds = /^(?:s-)?max-?age="?(\d{1,9})"?$/.exec(each)?.[1];
    return seconds === undefined ? [] : [Number(seconds)];
  });
  const maxAgeSeconds = ages.length > 0 ? Math.min(...ages) : 0;
  if (maxAgeSeconds === 0) return undefined;
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

/** The header of an answer with this policy. */
export function formatCachePolicy(policy: CachePolicy | undefined): string {
  if (!policy) return 'no-store';
  return `max-age=${policy.maxAgeSeconds}, ${policy.isPrivate ? 'private' : 'public'}`;
}
