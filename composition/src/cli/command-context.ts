import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** What the files that define commands need. */
export interface CommandContext {
  terminal: Terminal;
  /** Called by an action with how it went. */
  finish: (code: ExitCode) => void;
}

/** A noun such as `supergraph`, under which verbs stand. */
export function addNoun(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .showHelpAfterError('Run with --help for usage.');
}
