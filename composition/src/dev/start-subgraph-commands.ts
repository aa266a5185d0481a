import { dirname } from 'node:path';
import { createPaint } from '../report/paint.ts';
import type { SupergraphConfig } from '../supergraph/read-supergraph-config.ts';
import type { Terminal } from '../terminal.ts';
import { startChild, type Child } from './child.ts';
import type { Replacements } from './parse-replacements.ts';

/** Starts the `dev.command` of each subgraph that has one and is not replaced; its lines carry the subgraph's name. */
export function startSubgraphCommands(
  config: SupergraphConfig,
  { use, mock }: Replacements,
  terminal: Terminal,
): Child[] {
  const paint = createPaint(terminal.colours.err);
  return config.subgraphs.flatMap(({ name, startCommand }) => {
    if (startCommand === undefined || use.has(name) || mock.has(name)) return [];
    const child = startChild({
      command: '/bin/sh',
      args: ['-c', startCommand],
      cwd: dirname(config.file ?? terminal.cwd),
      env: terminal.env,
      onLine: (line) => terminal.err(`${paint('cyan', `[${name}]`)} ${line}\n`),
    });
    void child.ended.then((code) => {
      if (code !== 0 && code < 128)
        terminal.err(
          `${paint('red', `[${name}]`)} ended with exit code ${code}: ${startCommand}\n`,
        );
    });
    return [child];
  });
}
