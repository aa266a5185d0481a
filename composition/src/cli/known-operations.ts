import type { Command } from 'commander';
import { collect, parsePositive } from './report-options.ts';

/** Adds the flags that name the operations clients are known to send. */
export function addKnownOperations(command: Command): Command {
  return command
    .option(
      '--operations <path>',
      'known operations: documents, manifests, usage logs (may be repeated)',
      collect,
    )
    .option(
      '--since-days <number>',
      'ignore older entries of usage logs (default: 30)',
      parsePositive,
    );
}
