import type * as Shield from 'graphql-shield';
import { loadShield } from '@trellis/platform/load-shield';

const library = loadShield();

/** One rule, or several joined by `and`, `or`, `not`, `chain` or `race`. */
export type ShieldRule = Parameters<typeof Shield.and>[number];

/** Type → field → rule. `*` stands for every field of its type without a rule of its own; one rule may stand for all. */
export type RuleTree =
  ShieldRule | Readonly<Record<string, ShieldRule | Readonly<Record<string, ShieldRule>>>>;

export type FallbackError =
  | string
  | Error
  // oxlint-disable-next-line eslint/max-params -- the signature is graphql-shield's
  | ((
      error: unknown,
      parent: unknown,
      args: unknown,
      context: unknown,
      info: unknown,
    ) => Error | Promise<Error>);

/** graphql-shield's options. */
export interface ShieldOptions {
  /** Shows what a rule threw instead of the fallback error. */
  readonly debug?: boolean;
  /** Accepted so that a tree moves over unchanged: what subgraphs report is masked by the gateway (docs/authorization.md). */
  readonly allowExternalErrors?: boolean;
  /** The rule of every field that has none. Default `allow`. */
  readonly fallbackRule?: ShieldRule;
  /** What a caller reads when a rule says no without a reason. */
  readonly fallbackError?: FallbackError;
  /** Accepted so that a tree moves over unchanged. Verdicts are kept by what rules read of the parent. */
  readonly hashFunction?: unknown;
}

/** What `shield(...)` returns here: the gateway enforces it on its plans, no schema is wrapped. */
export interface Permissions {
  readonly ruleTree: RuleTree;
  readonly options: ShieldOptions;
}

/** Takes a tree of rules and options as graphql-shield does. */
export function shield(ruleTree: RuleTree, options: ShieldOptions = {}): Permissions {
  return { ruleTree, options };
}

export const rule: typeof Shield.rule = library.rule;
export const inputRule: typeof Shield.inputRule = library.inputRule;
export const allow: typeof Shield.allow = library.allow;
export const deny: typeof Shield.deny = library.deny;
export const and: typeof Shield.and = library.and;
export const or: typeof Shield.or = library.or;
export const not: typeof Shield.not = library.not;
export const chain: typeof Shield.chain = library.chain;
export const race: typeof Shield.race = library.race;
