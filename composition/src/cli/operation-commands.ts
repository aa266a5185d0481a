import { Option, type Command } from 'commander';
import type { PlanOptions } from '../commands/plan.ts';
import { addNoun, type CommandContext } from './command-context.ts';

/** `trellis operation …` */
export function addOperationCommands(program: Command, { terminal, finish }: CommandContext): void {
  addNoun(program, 'operation', 'Look at client operations')
    .command('plan')
    .description(
      'Print the query plan of operations: requests by wave, entity hops, estimated cost',
    )
    .argument(
      '<documents...>',
      'files or folders of operations; - reads one document from standard input',
    )
    .option(
      '--supergraph <file>',
      'file, git:REVISION or address of the supergraph schema',
      'supergraph.graphql',
    )
    .option('--operation <name>', 'only this operation')
    .addOption(
      new Option('--format <format>', 'how it is written')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addHelpText(
      'after',
      `
Examples:
  trellis operation plan tests/operations/product-page.graphql
  echo '{ product(id: "1") { name reviews { edges { node { rating } } } } }' | trellis operation plan -`,
    )
    .action(async (documents: string[], options: PlanOptions) => {
      const { plan } = await import('../commands/plan.ts');
      finish(await plan(documents, options, terminal));
    });
}
