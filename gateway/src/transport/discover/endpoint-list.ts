import { z } from 'zod';
import type { Endpoint } from '../instance.ts';

/** A list of addresses: what a file or an HTTP source of instances holds. */
export const endpointList = z
  .array(z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }))
  .max(1_000);

export function toEndpoints(urls: readonly string[]): readonly Endpoint[] {
  return urls.map((url) => ({ url: new URL(url) }));
}
