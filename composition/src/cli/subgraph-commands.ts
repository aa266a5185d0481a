import { Option, type Command } from 'commander';
import type { IntrospectOptions } from '../commands/introspect.ts';
import type { LintOptions } from '../commands/lint.ts';
import type { NewSubgraphOptions } from '../commands/new-subgraph.ts';
import { addNoun, type CommandContext } from './command-context.ts';
import { addFormatOption, collect, parsePort, parsePositive } from './report-options.ts';

/** `trellis subgraph …` */
export function addSubgraphCommands(program: Command, context: CommandContext): void {
  const subgraph = addNoun(program, 'subgraph', 'Work on one subgraph');
  addLint(subgraph, context);
  addIntrospect(subgraph, context);
  addNew(subgraph, context);
}

function addNew(subgraph: Command, { terminal, finish }: CommandContext): void {
  subgraph
    .command('new')
    .description('Add a service: schema, tables, resolvers, tests, a place in supergraph.yaml')
    .argument('<name>', 'name of the service in kebab-case, such as gift-cards')
    .option('--type <Type>', 'name of its entity (default: the singular of the name)')
    .option('--port <number>', 'where it listens (default: the next free one)', parsePort)
    .option('--config <file>', 'supergraph.yaml', 'supergraph.yaml')
    .option('--no-install', 'do not run npm install and the build')
    .addHelpText(
      'after',
      `
Examples:
  trellis subgraph new gift-cards
  trellis subgraph new loyalty --type LoyaltyAccount`,
    )
    .action(async (name: string, options: NewSubgraphOptions) => {
      const { newSubgraph } = await import('../commands/new-subgraph.ts');
      finish(await newSubgraph(name, options, terminal));
    });
}

function addLint(subgraph: Command, { terminal, finish }: CommandContext): void {
  addFormatOption(
    subgraph
      .command('lint')
      .description('Check names, descriptions, pagination, nullability, deprecations and keys')
      .argument('[files...]', 'schema files (default: every subgraph of supergraph.yaml)')
      .option('--config <file>', 'supergraph.yaml', 'supergraph.yaml')
      .option('--settings <file>', 'levels of the rules (default: trellis.yaml, if there)')
      .option('--rules', 'list the rules and end')
      .addOption(
        new Option('--fail-on <level>', 'the least level that fails').choices([
          'info',
          'warning',
          'error',
        ]),
      ),
  )
    .addHelpText(
      'after',
      `
Examples:
  trellis subgraph lint
  trellis subgraph lint subgraphs/orders/schema.graphql --fail-on warning
  trellis subgraph lint --rules

A comment above an element silences a rule for it:  # trellis-ignore list-pagination: at most seven days`,
    )
    .action(async (files: string[], options: LintOptions) => {
      const { lint } = await import('../commands/lint.ts');
      finish(await lint(files, options, terminal));
    });
}

function addIntrospect(subgraph: Command, { terminal, finish }: CommandContext): void {
  subgraph
    .command('introspect')
    .description('Print the schema of a running subgraph, asked for by { _service { sdl } }')
    .argument('<url>', 'address of its GraphQL endpoint')
    .option('-H, --header <header>', 'header to send, "Name: value" (may be repeated)', collect)
    .option('--output <file>', 'write it to this file, as a whole or not at all')
    .option('--timeout-seconds <number>', 'how long to wait', parsePositive, 10)
    .addHelpText(
      'after',
      `
Examples:
  trellis subgraph introspect http://localhost:4001/graphql
  trellis subgraph introspect https://orders.example.com/graphql -H "Authorization: Bearer $TOKEN" --output orders.graphql`,
    )
    .action(async (url: string, options: IntrospectOptions) => {
      const { introspect } = await import('../commands/introspect.ts');
      finish(await introspect(url, options, terminal));
    });
}
