/** Where this service listens unless ACCOUNTS_PORT or PORT says otherwise: as in supergraph.yaml. */
export const defaultPort = 4001;
