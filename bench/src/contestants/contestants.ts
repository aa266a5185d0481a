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
  peer('stock-apollo', 'stock @apollo/gateway 2.14.4', '/', (setting) =>
    own('stock-apollo', setting),
  ),
  peer('mercurius', '@mercuriusjs/gateway 5.2.0', '/graphql', (setting) =>
    own('mercurius', setting),
  ),
  peer('hive', 'Hive Gateway 2.15.1, JavaScript planner', '/graphql', (setting) =>
    hive('hive-config', setting),
  ),
  peer('hive-rust', 'Hive Gateway 2.15.1, Rust planner', '/graphql', (setting) =>
    hive('hive-rust-config', setting),
  ),
  limit('limit', 'limit by hand, raw sockets', []),
  limit('limit-undici', 'limit by hand, undici Pool.request', ['undici']),
  limit('limit-share-fetches', 'limit by hand, sharing subgraph fetches', ['share-fetches']),
  limit('limit-share-queries', 'limit by hand, sharing client queries', ['share-queries']),
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
export function own(file: string, setting: Setting, flags: readonly string[] = []): Command {
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
