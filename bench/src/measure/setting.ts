import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Setting } from '../contestants/contestant.ts';
import { loadCore, pinProcess } from './pin.ts';

/** The port that the supergraph of the public benchmark names. */
const publicSubgraphsPort = 14200;

/** Subgraphs that run, and a supergraph that names them. */
export interface Stage extends Omit<Setting, 'workload'> {
  readonly close: () => void;
}

/** Starts the subgraphs on the load core and writes the supergraph for them. */
export async function setStage(ports: {
  readonly gatewayPort: number;
  readonly subgraphsPort: number;
}): Promise<Stage> {
  const temporaryFolder = mkdtempSync(join(tmpdir(), 'trellis-bench-'));
  const subgraphs = fork(fileURLToPath(new URL('../subgraphs/main.js', import.meta.url)), {
    env: { ...process.env, SUBGRAPHS_PORT: String(ports.subgraphsPort), NODE_ENV: 'production' },
  });
  const subgraphsPort = await started(subgraphs);
  // Whoever interrupts a run leaves no gateway behind: they are killed when this process exits.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(130));
  pinProcess(subgraphs.pid ?? 0, loadCore);
  const supergraphFile = join(temporaryFolder, 'supergraph.graphql');
  const supergraph = readFileSync(
    new URL('../../data/supergraph.graphql', import.meta.url),
    'utf8',
  );
  const moved = supergraph.replaceAll(`:${publicSubgraphsPort}/`, `:${subgraphsPort}/`);
  writeFileSync(supergraphFile, moved);
  return {
    port: ports.gatewayPort,
    subgraphsPort,
    supergraphFile,
    temporaryFolder,
    close() {
      subgraphs.kill('SIGTERM');
      rmSync(temporaryFolder, { recursive: true, force: true });
    },
  };
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: { readonly port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`The subgraphs ended with ${code}.`)));
  });
}
