import { InvalidArgumentError, Option, type Command } from 'commander';
import { reportFormats } from '../report/report.ts';

/** Adds `--format`. */
export function addFormatOption(command: Command): Command {
  return command.addOption(
    new Option('--format <format>', 'how the report is written')
      .choices(reportFormats)
      .default('text'),
  );
}

/** A TCP port, for an option. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('expected a port between 0 and 65535.');
}

/** Collects a repeated option. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/**
 * Collects what `--fail-on` names: one of the levels, or a code where codes are allowed. A misspelt one would let
 * everything pass.
 */
export function collectFailOn(
  levels: readonly string[],
  { mayBeCode }: { readonly mayBeCode: boolean },
): typeof collect {
  return (value, previous) => {
    const isCode = mayBeCode && /^[A-Z][A-Z0-9_]+$/.test(value);
    if (isCode || levels.includes(value)) return collect(value, previous);
    const codes = mayBeCode ? ', or a code such as INCONSISTENT_DESCRIPTION' : '';
    throw new InvalidArgumentError(`expected ${levels.join(', ')}${codes}.`);
  };
}

/** A number above zero, for an option. */
export function parsePositive(text: string): number {
  const number = Number(text);
  if (number > 0) return number;
  throw new InvalidArgumentError('expected a number above zero.');
}
