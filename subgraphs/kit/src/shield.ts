import { loadShield } from '@trellis/platform/load-shield';
import type * as Shield from 'graphql-shield';

const library = loadShield();

/** One rule, or several joined by `and`, `or`, `not`, `chain` or `race`. */
export type ShieldRule = Parameters<typeof Shield.and>[number];

export const rule: typeof Shield.rule = library.rule;
export const allow: typeof Shield.allow = library.allow;
export const deny: typeof Shield.deny = library.deny;
export const and: typeof Shield.and = library.and;
export const or: typeof Shield.or = library.or;
export const not: typeof Shield.not = library.not;
export const chain: typeof Shield.chain = library.chain;
export const race: typeof Shield.race = library.race;
