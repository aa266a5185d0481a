import type { z } from 'zod';
import type { httpOptions } from './options.ts';

type CorsOptions = z.output<typeof httpOptions>['cors'];

/** Headers as Node's writeHead takes them: name, value, name, value. */
export type RawHeaders = string[];

/** What web pages of other origins may do (Fetch standard, "CORS protocol"). Nothing, unless the settings say so. */
export interface Cors {
  /**
   * Headers that let the page read this answer, whatever it says; none when its origin is not allowed.
   * @param origin undefined: the request does not come from a page
   */
  headersFor(origin: string | undefined): RawHeaders;
  /** Headers that answer a preflight. */
  preflightHeaders(origin: string, requestedHeaders: string | undefined): RawHeaders;
}

export function createCors(options: CorsOptions): Cors {
  const allowed = new Set(options.origins);
  const allowsAll = allowed.has('*');
  const isOpen = allowed.size > 0;
  const exposed = listExposed(options.exposeHeaders);

  function headersFor(origin: string | undefined): RawHeaders {
    if (!isOpen) return [];
    // Caches must not hand one origin's answer to another, nor to a page what came for no page (Fetch, "CORS and caches").
    const headers = allowsAll ? [] : ['vary', 'Origin'];
    if (origin === undefined || (!allowsAll && !allowed.has(origin))) return headers;
    headers.push('access-control-allow-origin', allowsAll ? '*' : origin);
    if (options.credentials) headers.push('access-control-allow-credentials', 'true');
    headers.push('access-control-expose-headers', exposed);
    return headers;
  }

  return {
    headersFor,
    preflightHeaders(origin, requestedHeaders) {
      const headers = headersFor(origin);
      if (!headers.includes('access-control-allow-origin')) return headers;
      const allowHeaders = options.allowHeaders.join(', ') || requestedHeaders;
      headers.push('access-control-allow-methods', 'GET, POST');
      if (allowHeaders) headers.push('access-control-allow-headers', allowHeaders);
      headers.push('access-control-max-age', String(options.maxAgeSeconds));
      return headers;
    },
  };
}

/** A page that is refused must be able to read when to try again. */
function listExposed(names: readonly string[]): string {
  const others = names.filter((name) => name.toLowerCase() !== 'retry-after');
  return ['Retry-After', ...others].join(', ');
}
