/**
 * Names of the headers that make up the contract between gateway and subgraph (docs/wire.md).
 * Lower case, as Node presents them.
 */
export const wireHeaders = {
  /** Who asks: `v1.<key id>.<payload>.<mac>`, see identity.ts. */
  identity: 'trellis-identity',
  /** Milliseconds left for the answer, counted from the moment the request arrives. */
  deadline: 'trellis-deadline-ms',
  /** One id per client request, the same in the gateway's and every subgraph's log. */
  requestId: 'trellis-request-id',
  /** W3C Trace Context. */
  traceParent: 'traceparent',
  traceState: 'tracestate',
} as const;
