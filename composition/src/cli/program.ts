import { Command } from 'commander';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandContext } from './command-context.ts';
import { addAuthorizationCommands } from './authorization-commands.ts';
import { addContractCommands } from './contract-commands.ts';
import { addGraphCommands } from './graph-commands.ts';
import { addOperationCommands } from './operation-commands.ts';
import { addSubgraphCommands } from './subgraph-commands.ts';
import { addSupergraphCommands } from './supergraph-commands.ts';

/** The command tree. Modules that do the work are loaded by the action that needs them: `--help` stays fast. */
export function createProgram(terminal: Terminal): { program: Command; exitCode: () => ExitCode } {
  let result: ExitCode = exitCodes.passed;
  const context: CommandContext = {
    terminal,
    finish: (code) => {
      result = code;
    },
  };
  const program = new Command('trellis')
    .description('Composes, checks and runs federated GraphQL graphs. Offline, no account.')
    .version('0.1.0')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
    })
    .showHelpAfterError('Run with --help for usage.')
    .addHelpText(
      'after',
      '\nExit codes: 0 passed, 1 findings that fail, 2 wrong command line, 3 unreadable input, 4 network, 70 defect of trellis.',
    );
  addSupergraphCommands(program, context);
  addSubgraphCommands(program, context);
  addOperationCommands(program, context);
  addContractCommands(program, context);
  addAuthorizationCommands(program, context);
  addGraphCommands(program, context);
  return { program, exitCode: () => result };
}
