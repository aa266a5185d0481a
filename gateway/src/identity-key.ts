import type { Identity } from '@trellis/platform/identity';

const keys = new WeakMap<Identity, string>();

/** An identity as text: equal for identities that everybody must treat alike, whatever object holds them. */
export function identityKey(identity: Identity): string {
  let key = keys.get(identity);
  if (key === undefined) {
    const { kind, subject, roles, scopes, attributes } = identity;
    const names = Object.keys(attributes).sort((a, b) => (a < b ? -1 : 1));
    key = JSON.stringify([
      kind,
      subject,
      roles,
      scopes,
      names.map((name) => [name, attributes[name]]),
    ]);
    keys.set(identity, key);
  }
  return key;
}
