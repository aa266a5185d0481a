import type { OpenSupergraph } from '../graph/open-supergraph.ts';

/** Names the subgraphs that had an element, by its path (`Product.price`, `Currency.EUR`, `Product`). */
export type FindOwners = (path: string) => string[];

/** Asks the subgraphs that a supergraph is made of: they are taken out of it when first needed. */
export function createFindOwners(graph: OpenSupergraph): FindOwners {
  return (path) => {
    const [typeName = '', memberName] = path.split('.');
    return [...graph.supergraph.subgraphs()]
      .filter(({ schema }) => {
        const type = schema.type(typeName);
        if (!type || memberName === undefined) return type !== undefined;
        if (type.kind === 'EnumType') return type.value(memberName) !== undefined;
        if (type.kind === 'ScalarType' || type.kind === 'UnionType') return false;
        const member = type.field(memberName);
        return member !== undefined && !member.hasAppliedDirective('federation__external');
      })
      .map(({ name }) => name);
  };
}
