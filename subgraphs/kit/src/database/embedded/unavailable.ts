/** PostgreSQL's own binaries cannot run on this machine. The message is the reason, one line, for the person at the terminal. */
export class EmbeddedServerUnavailable extends Error {
  override readonly name = 'EmbeddedServerUnavailable';
}
