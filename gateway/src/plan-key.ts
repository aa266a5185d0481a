import type { PermittedOperation } from './request.ts';

/** One plan serves everybody who may see the same: what was taken out and what is guarded, not who asks. */
export function planKeyOf({ prepared, removed, guarded }: PermittedOperation): string {
  if (removed.length === 0 && !guarded) return prepared.hash;
  return `${prepared.hash} ${removed.join(' ')} ? ${[...(guarded?.keys() ?? [])].join(' ')}`;
}
