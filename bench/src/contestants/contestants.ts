import { fileURLToPath } from 'node:url';
import type { Command, Contestant, Setting } from './contestant.ts';
import { trellisContestants } from './trellis.ts';

const hiveCommand = fileURLToPath(import.meta.resolve('@graphql-hive/gateway')).replace(
  /index\.js$/,
  'bin.js',
);

/** Everything that can be measured, in the order of the table. */
export const contestants: readonly Contestant[] = [
  ...trellisContestants,
  peer('stock-apollo', 'stock @apollo/gateway 2.14.4 + @apollo/server 5.5.1', '/', (setting) =>
    own('stock-apollo', setting),
  ),
  peer('mercurius', 'mercurius 16.10.1 + @mercuriusjs/gateway 5.2.0', '/graphql', (setting) =>
    own('mercurius', setting),
  ),
  peer('hive', 'Hive Gateway 2.15.1, JavaScript planner', '/graphql', (setting) =>
    hive('hive-config', setting),
  ),
  peer('hive-rust', 'Hive Gateway 2.15.1, Rust planner', '/graphql', (setting) =>
    hive('hive-rust-config', setting),
  ),
  limit('limit', 'limit: hand-written, 7 calls, raw sockets', []),
  limit('limit-undici', 'limit over undici `Pool.request`', ['undici']),
  limit('limit-share-fetches', 'limit, subgraph fetches under way shared', ['share-fetches']),
  limit('limit-share-queries', 'limit, client queries under way shared', ['share-queries']),
];

function peer(
  name: string,
  title: string,
  path: string,
  command: (setting: Setting) => Command,
): Contestant {
  return { name, title, path, role: 'peer', command };
}

function limit(name: string, title: string, flags: readonly string[]): Contestant {
  const command = (setting: Setting): Command => own('limit/main', setting, flags);
  return { name, title, role: 'limit', path: '/graphql', command };
}

/** One of the servers in this folder. */
function own(file: string, setting: Setting, flags: readonly string[] = []): Command {
  return {
    script: fileURLToPath(new URL(`./${file}.js`, import.meta.url)),
    arguments: flags,
    environment: environmentOf(setting),
  };
}

function hive(config: string, setting: Setting): Command {
  const configFile = fileURLToPath(new URL(`./${config}.js`, import.meta.url));
  return {
    script: hiveCommand,
    arguments: ['supergraph', setting.supergraphFile, '--fork', '1', '--host', '127.0.0.1'].concat([
      '--port',
      String(setting.port),
      '--config-path',
      configFile,
    ]),
    environment: { ...environmentOf(setting), LOG_LEVEL: 'error' },
  };
}

function environmentOf(setting: Setting): Record<string, string> {
  return {
    PORT: String(setting.port),
    SUBGRAPHS_PORT: String(setting.subgraphsPort),
    SUPERGRAPH_FILE: setting.supergraphFile,
    PROPAGATED_HEADER: setting.workload.propagatedHeader ?? '',
  };
}
