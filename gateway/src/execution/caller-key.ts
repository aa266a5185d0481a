import type { Identity } from '@trellis/platform/identity';
import type { RequestContext } from '../request.ts';

const identityTexts = new WeakMap<Identity, string>();

/** An identity as text: equal for callers every subgraph must treat alike. */
export function identityKey(identity: Identity): string {
  let text = identityTexts.get(identity);
  if (text === undefined) {
    const { kind, subject, roles, scopes, attributes } = identity;
    const sorted = Object.entries(attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    text = JSON.stringify([kind, subject, roles, scopes, sorted]);
    identityTexts.set(identity, text);
  }
  return text;
}

/**
 * The cautious key: identity and every header. Whoever knows which headers reach subgraphs gives the engine a
 * narrower one.
 */
export function defaultCallerKey(context: RequestContext): string {
  return `${identityKey(context.identity)}${JSON.stringify(context.headers)}`;
}
