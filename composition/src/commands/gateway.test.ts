import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommandLine } from '../cli.ts';
import { createFakeTerminal } from '../testing/fake-terminal.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';

const gatewayPackage =
  '{"name":"@trellis/gateway","type":"module","exports":{"./main":"./main.js"}}';

describe('trellis gateway', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder({
      'node_modules/@trellis/gateway/package.json': gatewayPackage,
    });
  });
  afterEach(() => folder.remove());

  const run = (...args: string[]): Promise<number> =>
    runCommandLine(
      ['gateway', ...args],
      createFakeTerminal({ cwd: folder.path, env: process.env }),
    );

  test('hands on flags and ends with the exit code of the gateway', async () => {
    await folder.write(
      'node_modules/@trellis/gateway/main.js',
      `const wanted = ['--supergraph', 'a.graphql', '--port', '4100', '--host', '::1', '--config', 'g.yaml', '--workers', 'auto'];
       process.exit(JSON.stringify(process.argv.slice(2)) === JSON.stringify(wanted) ? 5 : 6);`,
    );
    const flags = [
      '--config',
      'g.yaml',
      '--supergraph',
      'a.graphql',
      '--host',
      '::1',
      '--port',
      '4100',
      '--workers',
      'auto',
    ];
    expect(await run(...flags)).toBe(5);
  });

  test('hands on a signal, once, and waits for the gateway to finish', async () => {
    await folder.write(
      'node_modules/@trellis/gateway/main.js',
      `import { writeFileSync } from 'node:fs';
       let signals = 0;
       process.on('SIGTERM', () => { signals += 1; setTimeout(() => process.exit(40 + signals), 100); });
       setInterval(() => {}, 1000);
       writeFileSync('ready', '');`,
    );
    const ended = run();
    const isReady = (): Promise<boolean> =>
      access(join(folder.path, 'ready')).then(
        () => true,
        () => false,
      );
    while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 20));
    process.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(41);
  });

  test('a gateway that a signal killed gives 128 and its number, as shells say it', async () => {
    await folder.write(
      'node_modules/@trellis/gateway/main.js',
      `process.kill(process.pid, 'SIGKILL');`,
    );
    expect(await run()).toBe(137);
  });

  test('refuses a port that is none', async () => {
    expect(await run('--port', '70000')).toBe(2);
  });
});
