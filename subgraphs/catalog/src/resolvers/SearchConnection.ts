import type { SearchConnectionResolvers } from '../generated/resolver-types.ts';
import { loadMatch } from '../load-match.ts';

export const SearchConnection: SearchConnectionResolvers = {
  nodes: ({ nodes }, _args, context) => nodes.map((match) => loadMatch(match, context)),
};
