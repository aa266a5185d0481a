import { Option, type Command } from 'commander';
import type { AuthorizationExplainOptions } from '../commands/authorization-explain.ts';
import type { AuthorizationReportOptions } from '../commands/authorization-report.ts';
import { addNoun, type CommandContext } from './command-context.ts';
import { addFormatOption } from './report-options.ts';

/** `trellis authorization …` */
export function addAuthorizationCommands(program: Command, context: CommandContext): void {
  const authorization = addNoun(program, 'authorization', 'Who may see which field');
  addReport(authorization, context);
  addExplain(authorization, context);
}

function addRuleOptions(command: Command): Command {
  return command
    .option('--supergraph <file>', 'file, git:REVISION or address', 'supergraph.graphql')
    .option(
      '--permissions <file>',
      'module with the rules (default: what the settings of the gateway name)',
    )
    .option('--config <file>', 'settings of the gateway (default: gateway.yaml, if there)')
    .option('--settings <file>', 'settings of the checks (default: trellis.yaml, if there)');
}

function addReport(authorization: Command, { terminal, finish }: CommandContext): void {
  const command = authorization
    .command('report')
    .description('Show every field of the graph with its rule, and ways around the rules')
    .option(
      '--snapshot <file>',
      'the rules as they were reviewed (default: trellis.yaml, else authorization.snapshot)',
    )
    .option('--check', 'fail when rules differ from the snapshot, or a finding is not accepted')
    .option('--write', 'write the snapshot')
    .option('--accepted <file>', 'findings that are meant to be so, each with its reason')
    .option('--no-fields', 'only coverage and findings');
  addFormatOption(addRuleOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  trellis authorization report                        every field with its rule
  trellis authorization report --write                after a change of rules or fields: commit the snapshot
  trellis authorization report --check --no-fields    in CI
  trellis authorization report --permissions permissions.js --format sarif
  trellis authorization report --supergraph git:origin/main`,
    )
    .action(async (options: AuthorizationReportOptions) => {
      const { authorizationReport } = await import('../commands/authorization-report.ts');
      finish(await authorizationReport(options, terminal));
    });
}

function addExplain(authorization: Command, { terminal, finish }: CommandContext): void {
  const command = authorization
    .command('explain')
    .description('Show which fields of an operation a caller gets, and by which rule')
    .requiredOption('--operation <file>', 'the operation')
    .option('--operation-name <name>', 'which of several in the file')
    .option(
      '--as <file>',
      'who asks, as JSON: subject, kind, roles, scopes, attributes (default: nobody)',
    )
    .option('--variables <file>', 'the variables, as JSON')
    .addOption(
      new Option('--format <format>', 'how it is written')
        .choices(['text', 'json'])
        .default('text'),
    );
  addRuleOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  echo '{"subject":"u1","roles":["SUPPORT"]}' > support.json
  trellis authorization explain --operation order.graphql --as support.json`,
    )
    .action(async (options: AuthorizationExplainOptions) => {
      const { authorizationExplain } = await import('../commands/authorization-explain.ts');
      finish(await authorizationExplain(options, terminal));
    });
}
