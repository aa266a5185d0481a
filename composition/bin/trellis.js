#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/cli.js', import.meta.url);

if (existsSync(entry)) {
  const { main } = await import(entry.href);
  await main(process.argv);
} else {
  process.stderr.write(
    'trellis is not built yet: run `npm run build` at the root of the repository.\n',
  );
  process.exitCode = 3;
}
