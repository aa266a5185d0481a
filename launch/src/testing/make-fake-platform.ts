import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that looks like a clone: two services, an identity provider and a gateway of some lines each, that do what they are told. */
export interface FakePlatform {
  readonly root: string;
  readonly home: string;
  remove(): void;
}

/**
 * A process with the manners of ours: readiness, a log, stops when asked and when its launcher is gone.
 * `FAKE_<NAME>` makes it misbehave: `fail` says why and ends, `deaf` does not stop when asked.
 */
const script = `
import { createServer } from 'node:http';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
const name = basename(dirname(dirname(fileURLToPath(import.meta.url))));
const variable = name.toUpperCase();
const port = Number(process.env[name === 'gateway' ? 'PORT' : variable + '_PORT']);
const manner = process.env['FAKE_' + variable];
const log = (level, msg) => console.log(JSON.stringify({ level, name, msg }));
if (manner === 'fail') {
  log('fatal', 'the schema of ' + name + ' is broken');
  process.exit(1);
}
const server = createServer((request, response) => {
  if (request.url === '/env') return response.end(JSON.stringify(process.env));
  if (request.url === '/flags') return response.end(JSON.stringify(process.execArgv));
  if (request.url === '/warn') log('warn', 'something is odd');
  response.end(String(process.pid));
});
server.listen(port, '127.0.0.1', () => log('info', 'ready'));
const stop = () => { if (manner !== 'deaf') process.exit(0); };
process.on('SIGTERM', stop);
process.on('disconnect', stop);
`;

const sdl = `enum join__Graph {
  ACCOUNTS @join__graph(name: "accounts", url: "http://127.0.0.1:4001/graphql")
  ORDERS @join__graph(name: "orders", url: "http://127.0.0.1:4004/graphql")
}
`;

export function makeFakePlatform(): FakePlatform {
  // A space in the path is what newcomers have and scripts forget.
  const root = mkdtempSync(join(tmpdir(), 'trellis launch '));
  for (const folder of ['subgraphs/accounts', 'subgraphs/orders', 'gateway']) {
    mkdirSync(join(root, folder, 'dist'), { recursive: true });
    writeFileSync(join(root, folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(root, folder, 'dist', 'main.js'), script);
  }
  const identity = join(root, 'launch', 'dist', 'identity-provider');
  mkdirSync(identity, { recursive: true });
  writeFileSync(join(root, 'launch', 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(identity, 'main.js'),
    script.replace(/^const name = .*$/m, "const name = 'identity';"),
  );
  writeFileSync(
    join(root, 'supergraph.yaml'),
    `subgraphs:
  accounts: { routing_url: 'http://127.0.0.1:4001/graphql', schema: { file: a.graphql } }
  orders: { routing_url: 'http://127.0.0.1:4004/graphql', schema: { file: b.graphql } }
  elsewhere: { routing_url: 'https://example.com/graphql', schema: { file: c.graphql } }
`,
  );
  writeFileSync(join(root, 'supergraph.graphql'), sdl);
  return {
    root,
    home: join(root, '.trellis'),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
