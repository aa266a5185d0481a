import { partsOf } from './rule-parts.ts';
import type { ShieldRule } from './shield.ts';

/** Writes a rule as its author would: `or(isSupport, isSelf)`. */
export function printRule(rule: ShieldRule): string {
  const parts = partsOf(rule);
  if (!parts) return 'no rule';
  if (parts.kind === 'leaf') return parts.leaf.name;
  if (parts.kind === 'not') return `not(${printRule(parts.rule)})`;
  if (!('rules' in parts)) return parts.kind;
  const [only] = parts.rules;
  // One directive is joined with nothing.
  if (parts.kind === 'and' && only && parts.rules.length === 1) return printRule(only);
  return `${parts.kind}(${parts.rules.map(printRule).join(', ')})`;
}
