import { execFile } from 'node:child_process';
import { CommandError } from '../command-error.ts';
import { findGateway } from '../dev/spawn-gateway.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** A field of the graph and who may see it, as the gateway tells it. */
export interface DescribedField {
  /** `Type.field`. */
  coordinate: string;
  type: string;
  isNonNull: boolean;
  /** Such as `or(isSupport, isSelf)`; `none` without a rule. */
  rule: string;
  /** `own`, `inherited`, `fallback`, `directive` (with a `+` where two agree), or `none`. */
  origin: string;
  /** Whether anybody may see it. */
  isOpen: boolean;
  decided: 'never' | 'before planning' | 'with its arguments' | 'object by object';
}

/** Files that a gateway's rules are read from. */
export interface RuleFiles {
  supergraph: string;
  /** The module with the rules; without it the one that `config` names. */
  permissions?: string;
  /** Settings of the gateway. */
  config?: string;
}

/** The rules of a graph. */
export interface RulesOfGraph {
  /** The module they stand in; null where only directives hold. */
  permissions: string | null;
  fields: DescribedField[];
}

const maxOutputBytes = 256 * 1024 * 1024;

/**
 * Asks the gateway, as a process of its own: it alone knows how rules are compiled, and composition never imports it.
 * @param args options of the process without their dashes; undefined ones are left out
 * @throws CommandError with the gateway's words when rules, operation or identity cannot be used
 */
export async function inspect<Result>(
  verb: 'report' | 'explain',
  args: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<Result> {
  const flags = Object.entries(args).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  const main = findGateway(terminal.cwd, 'inspect-authorization');
  const { cwd, env } = terminal;
  const text = await new Promise<string>((resolve, reject) => {
    const options = { cwd, env, maxBuffer: maxOutputBytes };
    execFile(process.execPath, [main, verb, ...flags], options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else {
        const code = typeof error.code === 'number' ? (error.code as ExitCode) : undefined;
        reject(new CommandError(stderr.trim() || error.message, code));
      }
    });
  });
  return JSON.parse(text) as Result;
}
