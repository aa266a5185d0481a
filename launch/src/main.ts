import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTrellisHome } from '@trellis/kit/trellis-home';
import { launch, type LaunchedPlatform } from './launch.ts';
import { help, readLaunchOptions, type LaunchOptions } from './launch-options.ts';
import { createTerminal } from './terminal.ts';
import { watchParent } from './watch-parent.ts';
import { welcome } from './welcome.ts';

/** A second Ctrl-C means it; npm passes the first one on, so that it may arrive twice. */
const repeatMs = 1_500;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const terminal = createTerminal((text) => process.stdout.write(text));

try {
  const options = readLaunchOptions(process.argv.slice(2));
  if (options === 'help') terminal.print(help);
  else await run(options);
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n\n`);
  process.exitCode = 1;
}

async function run(options: LaunchOptions): Promise<void> {
  const home = findTrellisHome(process.env, root);
  terminal.print('Starting Trellis\n');
  const startedAt = performance.now();
  const platform = launch({ root, home, env: process.env, options, terminal });
  let isStopping = false;
  stopOnSignals(platform, () => (isStopping = true));
  try {
    const url = await platform.ready;
    const { usesFreePorts } = options;
    if (isStopping) return;
    const facts = { url, home, seconds: (performance.now() - startedAt) / 1_000, usesFreePorts };
    terminal.print(welcome({ ...facts, isProduction: process.env['NODE_ENV'] === 'production' }));
  } catch (error) {
    // Processes that were stopped while they started did not fail.
    if (!isStopping) throw error;
  }
}

function stopOnSignals(platform: LaunchedPlatform, onStop: () => void): void {
  let firstAt: number | undefined;
  const stop = (): void => {
    if (firstAt !== undefined) {
      if (performance.now() - firstAt < repeatMs) return;
      platform.kill();
      return;
    }
    firstAt = performance.now();
    onStop();
    terminal.print('\nStopping ...');
    void platform.stop().then(
      () => {
        terminal.print('Stopped.');
        process.exit(0);
      },
      (error: Error) => {
        process.stderr.write(`Stopping failed: ${error.message}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // Started without npm, by a script that has ended since, it is meant to go on.
  if (process.env['npm_lifecycle_event']) watchParent({ onGone: stop });
}
