import { exitCodes, type ExitCode } from './exit-codes.ts';

/**
 * Something the person at the terminal can put right: a wrong flag, a missing file, an unreachable address.
 * Printed as one line, without a stack; ends the process with `exitCode`.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.input, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
