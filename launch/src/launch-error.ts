/** Starting cannot go on. The message is for the person at the terminal: what is wrong, and what to do. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}
