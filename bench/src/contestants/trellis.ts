import { fileURLToPath } from 'node:url';
import type { Command, Contestant, Setting } from './contestant.ts';

const gatewayMain = fileURLToPath(new URL('../../../gateway/dist/main.js', import.meta.url));

/** This repository's own gateway: its compiled engine, and the stock engine behind the same pipeline. */
export const trellisContestants: readonly Contestant[] = [
  {
    name: 'trellis',
    title: 'Trellis',
    role: 'ours',
    path: '/graphql',
    command: (setting) => trellis(setting),
  },
];

function trellis(setting: Setting): Command {
  return {
    script: gatewayMain,
    arguments: ['--supergraph', setting.supergraphFile, '--port', String(setting.port)],
    environment: {},
  };
}
