/** Where this service listens unless CATALOG_PORT or PORT says otherwise: as in supergraph.yaml. */
export const defaultPort = 4002;
