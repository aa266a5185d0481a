import { Option, type Command } from 'commander';
import { addNoun, type CommandContext } from './command-context.ts';
import { addFormatOption, collect } from './report-options.ts';
import type { ComposeOptions } from '../commands/compose.ts';

/** `trellis supergraph …` */
export function addSupergraphCommands(program: Command, context: CommandContext): void {
  const supergraph = addNoun(program, 'supergraph', 'Compose and check the graph as a whole');
  addCompose(supergraph, context);
}

function addCompose(supergraph: Command, { terminal, finish }: CommandContext): void {
  const command = supergraph
    .command('compose')
    .description('Compose the subgraphs of a supergraph.yaml to one supergraph schema')
    .option(
      '--config <file>',
      'supergraph.yaml in the format of Rover; - reads it from standard input',
      'supergraph.yaml',
    )
    .option(
      '--output <file>',
      'write the schema to this file, as a whole or not at all (default: standard output)',
    )
    .option('--check', 'write nothing; fail when the file of --output would change');
  addHintOptions(addFormatOption(command))
    .addHelpText(
      'after',
      `
Examples:
  trellis supergraph compose                                       supergraph.yaml to standard output
  trellis supergraph compose --output supergraph.graphql
  trellis supergraph compose --output supergraph.graphql --check   in CI: is the committed file up to date?
  cat supergraph.yaml | trellis supergraph compose --config -
  trellis supergraph compose --hints info --fail-on INCONSISTENT_DESCRIPTION`,
    )
    .action(async (options: ComposeOptions) => {
      const { compose } = await import('../commands/compose.ts');
      finish(await compose(options, terminal));
    });
}

/** Adds `--hints` and `--fail-on`. */
export function addHintOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--hints <level>', 'the least hints to show')
        .choices(['none', 'warning', 'info'])
        .default('warning'),
    )
    .option(
      '--fail-on <level or code>',
      'make hints errors: warning, info, or the code of a hint (may be repeated)',
      collect,
    );
}
