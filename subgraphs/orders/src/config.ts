/** Where this service listens unless ORDERS_PORT or PORT says otherwise: as in supergraph.yaml. */
export const defaultPort = 4004;
