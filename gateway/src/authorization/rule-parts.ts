import type { ShieldRule } from './shield.ts';

/** A rule that a function decides. */
export interface LeafRule {
  readonly name: string;
  readonly func: (parent: unknown, args: unknown, context: unknown, info: unknown) => unknown;
  readonly cache:
    | 'strict'
    | 'contextual'
    | 'no_cache'
    | ((parent: unknown, args: unknown, context: unknown, info: unknown) => string);
  readonly fragment: string | undefined;
}

/** A rule as graphql-shield built it, told apart by the name of its class, as graphql-shield itself does. */
export type RuleParts =
  | { readonly kind: 'leaf'; readonly leaf: LeafRule }
  | { readonly kind: 'allow' | 'deny' }
  | { readonly kind: 'and' | 'or' | 'chain' | 'race'; readonly rules: readonly ShieldRule[] }
  | { readonly kind: 'not'; readonly rule: ShieldRule; readonly error: Error | undefined };

const logicKinds = { RuleAnd: 'and', RuleOr: 'or', RuleChain: 'chain', RuleRace: 'race' } as const;

/** Looks into a rule. Undefined when the value is none. */
export function partsOf(value: unknown): RuleParts | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const name = value.constructor.name;
  if (name === 'Rule' || name === 'InputRule') {
    return { kind: 'leaf', leaf: value as unknown as LeafRule };
  }
  if (name === 'RuleTrue') return { kind: 'allow' };
  if (name === 'RuleFalse') return { kind: 'deny' };
  const { rules = [], error } = value as { rules?: readonly ShieldRule[]; error?: Error };
  if (name === 'RuleNot') {
    const [rule] = rules;
    return rule && { kind: 'not', rule, error };
  }
  return name in logicKinds
    ? { kind: logicKinds[name as keyof typeof logicKinds], rules }
    : undefined;
}

export function isRule(value: unknown): value is ShieldRule {
  return partsOf(value) !== undefined;
}

/** Every leaf of a rule. */
export function leavesOf(rule: ShieldRule): LeafRule[] {
  const parts = partsOf(rule);
  if (!parts) return [];
  if (parts.kind === 'leaf') return [parts.leaf];
  if (parts.kind === 'not') return leavesOf(parts.rule);
  return 'rules' in parts ? parts.rules.flatMap(leavesOf) : [];
}
