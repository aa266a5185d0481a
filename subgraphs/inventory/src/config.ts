/** Where this service listens unless INVENTORY_PORT or PORT says otherwise: as in supergraph.yaml. */
export const defaultPort = 4003;
