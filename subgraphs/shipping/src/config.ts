/** Where this service listens unless SHIPPING_PORT or PORT says otherwise: as in supergraph.yaml. */
export const defaultPort = 4007;
