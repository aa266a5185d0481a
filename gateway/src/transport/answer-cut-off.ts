/** The other side ended the connection, or the stream in it, before its answer was complete. */
export class AnswerCutOff extends Error {
  override readonly name = 'AnswerCutOff';
  readonly code = 'ECONNRESET';

  /** @param what it has ended: `connection` or `stream` */
  constructor(what: 'connection' | 'stream') {
    super(`the other side closed the ${what} before its answer was complete`);
  }
}
