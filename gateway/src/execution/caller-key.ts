import { identityKey } from '../identity-key.ts';
import type { RequestContext } from '../request.ts';

/**
 * The cautious key: identity and every header. Whoever knows which headers reach subgraphs gives the engine a
 * narrower one.
 */
export function defaultCallerKey(context: RequestContext): string {
  return `${identityKey(context.identity)}${JSON.stringify(context.headers)}`;
}
