import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command, Contestant, Setting } from './contestant.ts';

const gatewayMain = fileURLToPath(new URL('../../../gateway/dist/main.js', import.meta.url));

/** This repository's own gateway: its compiled engine on its own listener, and either replaced by Apollo's. */
export const trellisContestants: readonly Contestant[] = [
  ours('trellis', 'Trellis', {}),
  // Peers refuse nothing however late their answers come: so that the same can be seen of this gateway.
  ours('trellis-no-shedding', 'Trellis, overload.maxEventLoopDelayMs: 0', {
    overload: { maxEventLoopDelayMs: 0 },
  }),
  ours('trellis-apollo-server', 'Trellis, server: apollo', { server: 'apollo' }),
  ours('trellis-apollo-engine', 'Trellis, engine: apollo', { engine: 'apollo' }),
];

/** The gateway with some settings, or started by another script. */
export function ours(
  name: string,
  title: string,
  settings: object,
  script = gatewayMain,
): Contestant {
  return {
    name,
    title,
    role: 'ours',
    path: '/graphql',
    command: (setting) => ({ ...trellis(name, settings, setting), script }),
  };
}

/** Defaults throughout, but for what the workload itself asks for. */
function trellis(name: string, settings: object, setting: Setting): Omit<Command, 'script'> {
  const { workload, temporaryFolder } = setting;
  const config = {
    ...settings,
    // W2 asks what execution costs when no client query is like another. Its requests differ by a header that nothing
    // is sent on of, which this gateway sees through: they would be shared as those of W1 are.
    ...(workload.name === 'w2' && { execution: { shareOperations: false } }),
    ...(workload.propagatedHeader !== undefined && {
      subgraphs: { all: { propagateHeaders: [workload.propagatedHeader] } },
    }),
  };
  // JSON is YAML.
  const configFile = join(temporaryFolder, `${name}-${workload.name}.yaml`);
  writeFileSync(configFile, JSON.stringify(config));
  return {
    arguments: ['--supergraph', setting.supergraphFile, '--port', String(setting.port)].concat([
      '--config',
      configFile,
    ]),
    environment: {},
  };
}
