import { defineSubgraph } from '@trellis/kit/subgraph';
import { defaultPort } from './config.ts';
import { createContext } from './context.ts';
import { resolvers } from './resolvers.ts';
import { rules } from './rules.ts';
import { seed } from './seed.ts';

/** The service, as main.ts runs it and the tests start it. */
export const reviews = defineSubgraph({
  name: 'reviews',
  folder: new URL('../', import.meta.url),
  defaultPort,
  resolvers,
  rules,
  createContext,
  seed,
});
