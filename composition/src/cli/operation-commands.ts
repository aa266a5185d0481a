import { Option, type Command } from 'commander';
import type { OperationFaultsOptions } from '../commands/operation-faults.ts';
import type { PlanOptions } from '../commands/plan.ts';
import type { UsageOptions } from '../commands/usage.ts';
import { addNoun, type CommandContext } from './command-context.ts';
import { addKnownOperations } from './known-operations.ts';
import { addFormatOption, collect } from './report-options.ts';

/** `trellis operation …` */
export function addOperationCommands(program: Command, context: CommandContext): void {
  const operation = addNoun(program, 'operation', 'Look at client operations');
  addPlan(operation, context);
  addUsage(operation, context);
  addFaults(operation, context);
}

function addUsage(operation: Command, { terminal, finish }: CommandContext): void {
  addFormatOption(
    addKnownOperations(
      operation
        .command('usage')
        .description('Show which known operations and clients still use what is deprecated')
        .option(
          '--supergraph <file>',
          'file, git:REVISION or address of the supergraph schema',
          'supergraph.graphql',
        ),
    )
      .option(
        '--coordinate <coordinate>',
        'ask about this element, such as Product.price (may be repeated)',
        collect,
      )
      .option('--settings <file>', 'settings of the checks (default: trellis.yaml, if there)'),
  )
    .addHelpText(
      'after',
      `
Examples:
  trellis operation usage --operations usage.jsonl
  trellis operation usage --operations tests/operations --coordinate Product.price`,
    )
    .action(async (options: UsageOptions) => {
      const { usage } = await import('../commands/usage.ts');
      finish(await usage(options, terminal));
    });
}

function addPlan(operation: Command, { terminal, finish }: CommandContext): void {
  operation
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

function addFaults(operation: Command, { terminal, finish }: CommandContext): void {
  operation
    .command('faults')
    .description(
      'Show what operations lose when a subgraph goes wrong: every fetch through every fault, against mocks',
    )
    .argument('<documents...>', 'files or folders of operations')
    .option(
      '--supergraph <file>',
      'file, git:REVISION or address of the supergraph schema',
      'supergraph.graphql',
    )
    .addOption(
      new Option('--format <format>', 'how it is written')
        .choices(['text', 'json', 'markdown'])
        .default('text'),
    )
    .addHelpText(
      'after',
      `
Starts a gateway of its own over made-up subgraphs; nothing of yours is called.

Examples:
  trellis operation faults tests/operations/product-page.graphql
  trellis operation faults tests/operations --format markdown > docs/faults.md`,
    )
    .action(async (documents: string[], options: OperationFaultsOptions) => {
      const { operationFaults } = await import('../commands/operation-faults.ts');
      finish(await operationFaults(documents, options, terminal));
    });
}
