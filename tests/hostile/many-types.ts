/**
 * Adds entities of ten fields to a supergraph of the subgraphs CATALOG and REVIEWS: what composition would write, in no
 * time.
 * @param mark goes into a description, so that texts of different marks are different supergraphs
 */
export function withManyTypes(sdl: string, count: number, mark: string): string {
  const types = Array.from({ length: count }, (_, at) => {
    const fields = Array.from(
      { length: 8 },
      (_each, field) =>
        `  f${field}: ${['String', 'Int', 'Boolean!', '[Float!]'][field % 4]} @join__field(graph: CATALOG)`,
    );
    return `"""${mark}: number ${at} of ${count}"""
type Extra${at} @join__type(graph: CATALOG, key: "id") @join__type(graph: REVIEWS, key: "id") {
  id: ID!
${fields.join('\n')}
  next(first: Int = 10): Extra${(at + 1) % count} @join__field(graph: REVIEWS)
}`;
  });
  return `${sdl}\n${types.join('\n\n')}\n`;
}
