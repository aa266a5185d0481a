#!/usr/bin/env node
import { existsSync } from 'node:fs';
import * as module from 'node:module';

const entry = new URL('../dist/cli.js', import.meta.url);

if (existsSync(entry)) {
  // Node 22 and later keep compiled code between runs: the libraries of composition are large.
  module.enableCompileCache?.();
  const { main } = await import(entry.href);
  await main(process.argv);
} else {
  process.stderr.write(
    'trellis is not built yet: run `npm run build` at the root of the repository.\n',
  );
  process.exitCode = 3;
}
