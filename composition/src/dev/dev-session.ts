import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import type { DevOptions } from './dev-options.ts';
import type { SupergraphConfig } from '../supergraph/read-supergraph-config.ts';
import { readSupergraphConfig } from '../supergraph/read-supergraph-config.ts';
import type { Terminal } from '../terminal.ts';
import type { Child } from './child.ts';
import { DevGraph } from './dev-graph.ts';
import { parseReplacements } from './parse-replacements.ts';
import { spawnGateway } from './spawn-gateway.ts';
import { startSubgraphCommands } from './start-subgraph-commands.ts';
import { watchFiles } from './watch-files.ts';

/** A running `trellis dev`. */
export interface DevSession {
  stop: (signal: NodeJS.Signals) => void;
  /** Exit code: 0 after a signal, else that of the gateway. */
  ended: Promise<number>;
}

/** Subgraphs named by an address do not tell when they change: they are asked. */
const introspectionIntervalMs = 2_000;

/**
 * Composes, starts the gateway as soon as a graph composes, and recomposes on every change.
 * @throws CommandError when supergraph.yaml cannot be read at the start or no gateway is installed
 */
export async function startDevSession(options: DevOptions, given: Terminal): Promise<DevSession> {
  const terminal = withWireSecret(given);
  const config = await readSupergraphConfig(options.config, terminal);
  if (config.file === undefined)
    throw new CommandError('trellis dev needs a file: it watches it', 2);
  const output = resolve(terminal.cwd, options.output);
  await ignoreInGit(output);
  const replacements = parseReplacements(options, config);
  const graph = new DevGraph({ configFile: options.config, output, replacements, terminal });
  const children = options.start ? startSubgraphCommands(config, replacements, terminal) : [];
  let gateway: Child | undefined;
  let isStopping = false;
  const stopping = createEnding();
  const recompose = async (): Promise<void> => {
    const isServing = await graph.recompose();
    // A stop may have come while composing: nothing is started behind its back.
    if (isStopping) return;
    files.update(graph.watchedFiles());
    if (!isServing || gateway || !options.gateway) return;
    gateway = spawnGateway(gatewayFlags(options, output), terminal);
    void gateway.ended.then(stopping.resolve);
  };
  const queue = createQueue(recompose, stopping.reject);
  const files = watchFiles(queue.trigger);
  files.update(graph.watchedFiles(config));
  queue.trigger();
  const polling = usesAddresses(config, options)
    ? setInterval(queue.trigger, introspectionIntervalMs)
    : undefined;
  return {
    stop: (signal) => {
      isStopping = true;
      gateway?.signal(signal);
      if (!gateway) stopping.resolve(0);
    },
    ended: (async () => {
      try {
        return await stopping.promise;
      } finally {
        isStopping = true;
        clearInterval(polling);
        files.close();
        for (const child of children) child.signal('SIGTERM');
        await queue.settled();
        await Promise.all([graph.close(), ...children.map((child) => child.ended)]);
      }
    })(),
  };
}

/** Gateway and services trust each other by a secret (docs/wire.md); nobody needs to choose one for an afternoon. */
function withWireSecret(terminal: Terminal): Terminal {
  if (terminal.env['TRELLIS_WIRE_SECRET'] || terminal.env['TRELLIS_WIRE_SECRET_FILE'])
    return terminal;
  const secret = randomBytes(32).toString('base64url');
  return { ...terminal, env: { ...terminal.env, TRELLIS_WIRE_SECRET: secret } };
}

function gatewayFlags(options: DevOptions, supergraph: string): Parameters<typeof spawnGateway>[0] {
  const { port, host, gatewayConfig } = options;
  return {
    supergraph,
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(gatewayConfig === undefined ? {} : { config: gatewayConfig }),
  };
}

function usesAddresses(config: SupergraphConfig, options: DevOptions): boolean {
  return (
    (options.use ?? []).length > 0 || config.subgraphs.some(({ source }) => source.kind === 'url')
  );
}

interface Ending {
  promise: Promise<number>;
  resolve: (code: number) => void;
  reject: (reason: unknown) => void;
}

function createEnding(): Ending {
  const ending: Partial<Ending> = {};
  ending.promise = new Promise((resolve, reject) => {
    Object.assign(ending, { resolve, reject });
  });
  return ending as Ending;
}

interface Queue {
  trigger: () => void;
  /** Resolves when nothing runs any more. */
  settled: () => Promise<void>;
}

/** Runs one at a time; calls during a run lead to one more run after it. */
function createQueue(run: () => Promise<void>, onFailure: (error: unknown) => void): Queue {
  let isAgain = false;
  let running: Promise<void> | undefined;
  const start = async (): Promise<void> => {
    do {
      isAgain = false;
      await run();
    } while (isAgain);
  };
  return {
    trigger: () => {
      isAgain = true;
      running ??= start()
        .catch(onFailure)
        .finally(() => {
          running = undefined;
        });
    },
    settled: async () => running,
  };
}

/** The folder of the generated file ignores itself, so that nobody commits it by accident. */
async function ignoreInGit(output: string): Promise<void> {
  const folder = dirname(output);
  if (!folder.endsWith('.trellis')) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '.gitignore'), '*\n');
}
