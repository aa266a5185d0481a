import { resolve } from 'node:path';
import { inspect } from '../authorization/inspect.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { readSupergraph } from '../graph/read-supergraph.ts';
import { readSettings } from '../settings.ts';
import type { Terminal } from '../terminal.ts';
import { withRuleFiles, type RuleOptions } from './authorization-report.ts';

export interface AuthorizationExplainOptions extends RuleOptions {
  operation: string;
  operationName?: string;
  as?: string;
  variables?: string;
  format: 'text' | 'json';
}

/** What the gateway says of an operation. */
interface Explanation {
  text: string;
  fields: unknown[];
}

/** `trellis authorization explain`: which fields of an operation a caller gets, and by which rule. */
export async function authorizationExplain(
  options: AuthorizationExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const settings = await readSettings(options.settings, terminal);
  const text = await readSupergraph(options.supergraph, terminal);
  const absolute = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : resolve(terminal.cwd, file);
  const explanation = await withRuleFiles({ options, settings, text, terminal }, (files) =>
    inspect<Explanation>(
      'explain',
      {
        ...files,
        operation: absolute(options.operation),
        name: options.operationName,
        as: absolute(options.as),
        variables: absolute(options.variables),
      },
      terminal,
    ),
  );
  terminal.out(
    options.format === 'json'
      ? `${JSON.stringify(explanation.fields, undefined, 2)}\n`
      : explanation.text,
  );
  return exitCodes.passed;
}
