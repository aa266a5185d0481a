import { Option, type Command } from 'commander';
import { addNoun, type CommandContext } from './command-context.ts';
import { addKnownOperations } from './known-operations.ts';
import { addFormatOption, collect, collectFailOn } from './report-options.ts';
import type { CheckOptions } from '../commands/check.ts';
import type { ComposeOptions } from '../commands/compose.ts';
import type { DiffOptions } from '../commands/diff.ts';

/** `trellis supergraph …` */
export function addSupergraphCommands(program: Command, context: CommandContext): void {
  const supergraph = addNoun(program, 'supergraph', 'Compose and check the graph as a whole');
  addCompose(supergraph, context);
  addCheck(supergraph, context);
  addDiff(supergraph, context);
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

function addCheck(supergraph: Command, { terminal, finish }: CommandContext): void {
  const command = supergraph
    .command('check')
    .description('Check proposed subgraph schemas against the current supergraph')
    .option('--config <file>', 'supergraph.yaml with the proposed schemas', 'supergraph.yaml')
    .option(
      '--against <where>',
      'the current supergraph: a file, git:REVISION or an address',
      'supergraph.graphql',
    )
    .option(
      '--schema <name=file>',
      'take the schema of one subgraph from here (may be repeated)',
      collect,
    );
  addKnownOperations(command)
    .option(
      '--approvals <file>',
      'findings someone takes responsibility for, with reason and expiry',
    )
    .option('--settings <file>', 'settings of the checks (default: trellis.yaml, if there)')
    .option('--no-plans', 'do not compare query plans')
    .option(
      '--report <format=file>',
      'write the report once more, such as markdown=summary.md (may be repeated)',
      collect,
    );
  addHintOptions(addFormatOption(command))
    .addHelpText(
      'after',
      `
Examples:
  trellis supergraph check                                      against the committed supergraph.graphql
  trellis supergraph check --against git:origin/main --operations tests/operations --format github
  trellis supergraph check --against https://schemas.example.com/supergraph.graphql --schema orders=schema.graphql
  trellis supergraph check --fail-on dangerous --approvals approvals.yaml --format markdown`,
    )
    .action(async (options: CheckOptions) => {
      const { check } = await import('../commands/check.ts');
      finish(await check(options, terminal));
    });
}

function addDiff(supergraph: Command, { terminal, finish }: CommandContext): void {
  addFormatOption(
    supergraph
      .command('diff')
      .description('Show what changed between the APIs of two supergraphs')
      .argument('<before>', 'a file, git:REVISION or an address')
      .argument('[after]', 'a file, git:REVISION or an address', 'supergraph.graphql')
      .option(
        '--fail-on <level>',
        'breaking, dangerous or safe (may be repeated)',
        collectFailOn(['breaking', 'dangerous', 'safe'], { mayBeCode: false }),
      ),
  )
    .addHelpText(
      'after',
      `
Examples:
  trellis supergraph diff git:HEAD~1
  trellis supergraph diff old.graphql new.graphql --fail-on breaking`,
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { diff } = await import('../commands/diff.ts');
      finish(await diff({ before, after }, options, terminal));
    });
}

/** Adds `--hints` and `--fail-on`. */
function addHintOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--hints <level>', 'the least hints to show')
        .choices(['none', 'warning', 'info'])
        .default('warning'),
    )
    .option(
      '--fail-on <level or code>',
      'make hints errors: warning, info, or the code of a hint (may be repeated)',
      collectFailOn(['warning', 'info', 'dangerous'], { mayBeCode: true }),
    );
}
