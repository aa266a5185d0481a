/** Where this service listens unless PAYMENTS_PORT or PORT says otherwise: as in supergraph.yaml. */
export const defaultPort = 4005;
