/** What came over the connection is not HTTP/1.1. The code is of the family that Node's own parser uses. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';
  readonly code = 'HPE_MALFORMED_RESPONSE';
  constructor(what: string) {
    super(`the subgraph sent ${what}`);
  }
}
