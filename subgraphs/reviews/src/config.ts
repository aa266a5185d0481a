/** Where this service listens unless REVIEWS_PORT or PORT says otherwise: as in supergraph.yaml. */
export const defaultPort = 4006;
