/** What a rule gets beside the context. */
export interface Question {
  readonly parent: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  /** The arguments as JSON, where they are known to be asked for again. */
  readonly argsText?: string;
  readonly info: unknown;
}
