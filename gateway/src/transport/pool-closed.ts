/** The connections to an instance are being closed, and take nothing more. */
export class PoolClosed extends Error {
  override readonly name = 'PoolClosed';
  readonly code = 'TRELLIS_POOL_CLOSED';
  constructor() {
    super('the connections to this instance are being closed');
  }
}
