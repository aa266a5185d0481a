import { CommandError } from './command-error.ts';
import { createProgram } from './cli/program.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { processTerminal, type Terminal } from './terminal.ts';

export type { Terminal } from './terminal.ts';

/**
 * Runs one command line.
 * @param args what follows `trellis`
 * @returns the exit code; nothing is thrown
 */
export async function runCommandLine(args: string[], terminal: Terminal): Promise<ExitCode> {
  const { program, exitCode } = createProgram(terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode();
  } catch (error) {
    return reportFailure(error, terminal);
  }
}

/** The process `trellis`: runs the command line and sets the exit code, letting output drain. */
export async function main(argv: string[]): Promise<void> {
  // A reader such as `head` may close the pipe early: then there is nobody left to write to.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitCodes.passed);
    throw error;
  });
  process.exitCode = await runCommandLine(argv.slice(2), processTerminal());
}

function reportFailure(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommandError) {
    terminal.err(`trellis: ${error.message}\n`);
    return error.exitCode;
  }
  const { code, exitCode, message, stack } = error as Error & { code?: string; exitCode?: number };
  // Commander has printed its message already; help and version end with 0.
  if (code?.startsWith('commander.')) return exitCode === 0 ? exitCodes.passed : exitCodes.usage;
  terminal.err(`trellis: a defect of trellis itself: ${message}\n${stack ?? ''}\n`);
  return exitCodes.internal;
}
