/** How `trellis` ends. Documented in docs/cli.md; scripts rely on them. */
export const exitCodes = {
  /** Done; nothing that fails. */
  passed: 0,
  /** The command did its work and found something that fails: a composition error, a breaking change, a lint error. */
  findings: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A file is missing, unreadable or malformed. */
  input: 3,
  /** A URL could not be reached, or its answer is no schema. */
  network: 4,
  /** A defect of trellis itself. */
  internal: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
