import type { Command } from 'commander';
import type { ContractOptions } from '../commands/contract.ts';
import { addNoun, type CommandContext } from './command-context.ts';
import { addFormatOption, collect } from './report-options.ts';

/** `trellis contract …` */
export function addContractCommands(program: Command, { terminal, finish }: CommandContext): void {
  addFormatOption(
    addNoun(program, 'contract', 'Variants of the graph')
      .command('build')
      .description('Build variants of the supergraph by @tag, without what nothing leads to')
      .argument('[names...]', 'contracts of trellis.yaml (default: all)')
      .option('--supergraph <file>', 'file, git:REVISION or address', 'supergraph.graphql')
      .option('--include <tag>', 'show only elements with this tag (may be repeated)', collect)
      .option('--exclude <tag>', 'hide elements with this tag (may be repeated)', collect)
      .option('--settings <file>', 'where contracts are named (default: trellis.yaml)')
      .option(
        '--output <file>',
        'where one contract is written (default: as trellis.yaml says, else contracts/NAME.graphql)',
      ),
  )
    .addHelpText(
      'after',
      `
Examples:
  trellis contract build                                            all contracts of trellis.yaml
  trellis contract build public --exclude staff --output public.graphql
  trellis gateway --supergraph contracts/partners.graphql --port 4100`,
    )
    .action(async (names: string[], options: ContractOptions) => {
      const { contract } = await import('../commands/contract.ts');
      finish(await contract(names, options, terminal));
    });
}
