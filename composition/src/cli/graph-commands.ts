import type { Command } from 'commander';
import type { DevOptions } from '../dev/dev-options.ts';
import type { GatewayOptions } from '../commands/gateway.ts';
import { addNoun, type CommandContext } from './command-context.ts';
import { collect, parsePort } from './report-options.ts';

/** `trellis gateway`, `trellis dev` and its other name `trellis graph dev`. */
export function addGraphCommands(program: Command, context: CommandContext): void {
  addGateway(program, context);
  addDev(program, context);
  addDev(addNoun(program, 'graph', 'Run the graph for development'), context);
}

function addGateway(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command('gateway')
    .description('Serve a composed supergraph')
    .option(
      '--supergraph <file>',
      'supergraph schema, or its address; environment SUPERGRAPH (default: supergraph.graphql)',
    )
    .option('--port <number>', 'environment PORT (default: 4000)', parsePort)
    .option('--host <address>', 'address to listen on')
    .option('--config <file>', 'gateway.yaml with the settings of the gateway')
    .option('--workers <number>', 'so many processes at one port, or auto: one per core')
    .addHelpText(
      'after',
      `
Examples:
  trellis gateway --supergraph supergraph.graphql --port 4000
  NODE_ENV=production trellis gateway --config gateway.yaml`,
    )
    .action(async (options: GatewayOptions) => {
      const { gateway } = await import('../commands/gateway.ts');
      finish(await gateway(options, terminal));
    });
}

function addDev(parent: Command, { terminal, finish }: CommandContext): void {
  parent
    .command('dev')
    .description('Compose, serve, watch: recompose on every change, keep the last good graph')
    .option('--config <file>', 'supergraph.yaml', 'supergraph.yaml')
    .option(
      '--use <name=url>',
      'take a subgraph from a running server instead (may be repeated)',
      collect,
    )
    .option('--mock <name>', 'answer for a subgraph with made-up data (may be repeated)', collect)
    .option('--port <number>', 'port of the gateway', parsePort)
    .option('--host <address>', 'address the gateway listens on')
    .option('--gateway-config <file>', 'gateway.yaml')
    .option('--no-gateway', 'only compose and watch; some other gateway reads the file')
    .option('--no-start', 'do not run the dev.command of the subgraphs')
    .option(
      '--output <file>',
      'where the supergraph schema is written',
      '.trellis/supergraph.graphql',
    )
    .addHelpText(
      'after',
      `
Examples:
  trellis dev
  trellis dev --use orders=https://staging.example.com/orders/graphql
  trellis dev --mock payments --mock shipping --port 4100`,
    )
    .action(async (options: DevOptions) => {
      const { dev } = await import('../commands/dev.ts');
      finish(await dev(options, terminal));
    });
}
