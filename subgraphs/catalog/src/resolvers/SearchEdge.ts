import type { SearchEdgeResolvers } from '../generated/resolver-types.ts';
import { loadMatch } from '../load-match.ts';

export const SearchEdge: SearchEdgeResolvers = {
  node: ({ node }, _args, context) => loadMatch(node, context),
};
