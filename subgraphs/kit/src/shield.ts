import { createRequire } from 'node:module';
import type * as Shield from 'graphql-shield';

// graphql-shield's ES build imports `isUndefined` of node:util, which Node 23 removed, and its CommonJS build
// reads it when a rule runs. So the CommonJS build is loaded, after the missing function is back.
const require = createRequire(import.meta.url);
const util = require('node:util') as { isUndefined?: (value: unknown) => boolean };
util.isUndefined = (value) => value === undefined;

const library = require('graphql-shield') as typeof Shield;

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
