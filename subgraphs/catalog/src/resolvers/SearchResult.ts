import type { SearchResultResolvers } from '../generated/resolver-types.ts';

export const SearchResult: SearchResultResolvers = {
  __resolveType: (found) => {
    if (!('kind' in found)) return 'Category';
    return found.kind === 'DIGITAL' ? 'DigitalProduct' : 'PhysicalProduct';
  },
};
