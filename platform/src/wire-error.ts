/** The request breaks the contract of docs/wire.md. The message is for logs; the caller learns only that it is refused. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
