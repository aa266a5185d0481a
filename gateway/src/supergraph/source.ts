/** Where the supergraph comes from. Each implementation is one file beside this one. */
export interface SupergraphSource {
  /** For messages: a file name or an address. */
  readonly description: string;
  /**
   * Reads the supergraph once, for the start.
   * @throws Error with a message that says what to do
   */
  load(): Promise<string>;
  /**
   * Reports every later version, each once, until stopped. Versions may be invalid: whoever listens decides.
   * @returns the function that stops watching
   */
  watch(listener: SupergraphListener): StopWatching;
}

export interface SupergraphListener {
  readonly onChange: (sdl: string) => void;
  /** The source cannot be read at the moment; it is tried again by itself. */
  readonly onProblem: (error: Error) => void;
  /** The source can be read, and has nothing newer. Sources may tell this as often as they like. */
  readonly onUnchanged?: () => void;
}

export type StopWatching = () => void;
