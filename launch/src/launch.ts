import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '@trellis/kit/exclusive-lock';
import { ensureWireSecret } from '@trellis/platform/wire-keys';
import { LaunchError } from './launch-error.ts';
import type { LaunchOptions } from './launch-options.ts';
import { gatewayName, makePlan, telemetryVariable, type PlannedProcess } from './make-plan.ts';
import { openDatabase } from './open-database.ts';
import { placeSupergraph } from './place-supergraph.ts';
import { readGraph, type LocalSubgraph } from './read-graph.ts';
import { readHost, startProcesses } from './start-processes.ts';
import type { Terminal } from './terminal.ts';
import { createUndoList } from './undo-list.ts';

export interface LaunchRequest {
  /** The folder with supergraph.yaml, subgraphs/ and gateway/. */
  readonly root: string;
  /** Where state is kept: the clone's `.trellis`. */
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly options: LaunchOptions;
  readonly terminal: Terminal;
}

/** A platform that starts or runs. */
export interface LaunchedPlatform {
  /**
   * Resolves to the gateway's address, without a path, when everything is ready.
   * Rejects with a LaunchError when something cannot start; what was started is stopped by then.
   */
  readonly ready: Promise<string>;
  /** Stops everything, also in the middle of the start. Resolves when no process is left. */
  stop(): Promise<void>;
  /** Ends all processes at once. */
  kill(): void;
}

/** Starts the platform: database, every service, the gateway. */
export function launch(request: LaunchRequest): LaunchedPlatform {
  const undo = createUndoList();
  let kill = (): void => {};
  const ready = (async () => {
    try {
      return await start(
        request,
        (step) => undo.add(step),
        (now) => (kill = now),
      );
    } catch (error) {
      await undo.run();
      throw error;
    }
  })();
  ready.catch(() => {});
  return { ready, stop: () => undo.run(), kill: () => kill() };
}

async function start(
  { root, home, env, options, terminal }: LaunchRequest,
  onUndo: (step: () => Promise<void> | void) => void,
  onKill: (kill: () => void) => void,
): Promise<string> {
  onUndo(await takeTurn(home));
  const subgraphs = readGraph(root);
  const plan = await makePlan({ root, subgraphs, env, usesFreePorts: options.usesFreePorts });
  const supergraph = placeSupergraph({ root, home, ports: comparePorts(plan, subgraphs) });
  onUndo(() => supergraph.close());
  const database = await openDatabase(env, home, terminal);
  onUndo(() => database.release());
  terminal.step('database', database.description);
  const processes = startProcesses(plan, {
    root,
    home,
    env: { ...makeEnvironment(env, { root, home }), ...database.env, SUPERGRAPH: supergraph.file },
    restarts: options.restarts,
    isVerbose: options.isVerbose,
    terminal,
  });
  onKill(() => processes.kill());
  onUndo(() => processes.stop());
  await processes.waitUntilReady();
  const gateway = plan.find(({ name }) => name === gatewayName);
  const telemetryPort = gateway?.env[telemetryVariable];
  terminal.step('metrics', `http://127.0.0.1:${telemetryPort}/metrics`);
  const port = gateway?.port ?? 0;
  return `http://${readHost(env['HOST'])}:${port}`;
}

/** One platform per clone: a second one would fight for its ports and its data. */
async function takeTurn(home: string): Promise<() => Promise<void>> {
  const lock = await tryLock(home, 'launcher');
  if (!lock) {
    throw new LaunchError(
      'Trellis runs from this folder already. Stop it where it was started (Ctrl-C), or use that one.',
    );
  }
  return () => lock.release();
}

function comparePorts(
  plan: readonly PlannedProcess[],
  subgraphs: readonly LocalSubgraph[],
): ReadonlyMap<string, { composed: number; actual: number }> {
  return new Map(
    subgraphs.map(({ name, port }) => {
      const actual = plan.find((planned) => planned.name === name)?.port ?? port;
      return [name, { composed: port, actual }];
    }),
  );
}

/** What every process gets beyond our own environment. */
function makeEnvironment(
  env: NodeJS.ProcessEnv,
  { root, home }: { root: string; home: string },
): NodeJS.ProcessEnv {
  const secretFile = join(home, 'wire-secret');
  const hasSecret = env['TRELLIS_WIRE_SECRET'] || env['TRELLIS_WIRE_SECRET_FILE'];
  if (!hasSecret) ensureWireSecret(secretFile);
  const config = join(root, 'gateway', 'gateway.yaml');
  return {
    // Node 22 and newer keep compiled code there; older ones do not look.
    NODE_COMPILE_CACHE: join(home, 'compile-cache'),
    ...(existsSync(config) ? { GATEWAY_CONFIG: config } : {}),
    ...env,
    TRELLIS_HOME: home,
    ...(hasSecret ? {} : { TRELLIS_WIRE_SECRET_FILE: secretFile }),
  };
}
