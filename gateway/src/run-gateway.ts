import cluster from 'node:cluster';
import { parseArgs } from 'node:util';
import { runProcess, type Running } from '@trellis/platform/lifecycle';
import { createLog, type Logger } from '@trellis/platform/log';
import { countUnhandledRejections } from '@trellis/platform/process-faults';
import { readGatewayConfig, type GatewayConfig } from './config.ts';
import { startGateway } from './gateway.ts';
import { liveness, readiness, type Health } from './http/health.ts';
import { listenForSupervisor } from './telemetry/supervisor-listener.ts';
import { reportState } from './state.ts';
import { countWorkers } from './workers/count-workers.ts';
import { joinSupervisor } from './workers/join-supervisor.ts';
import { supervise } from './workers/supervise.ts';
import type { WorkerSettings } from './workers/worker-pool.ts';

const help = `Serves a federated graph.

Usage: trellis gateway [options]

  --supergraph FILE|URL  the composed supergraph       (environment SUPERGRAPH; default supergraph.graphql)
  --port N               port to listen at             (environment PORT; default 4000)
  --host H               address to listen at          (environment HOST; default 127.0.0.1)
  --config FILE          settings, see docs/settings.md (environment GATEWAY_CONFIG; default gateway.yaml if there)
  --workers N|auto       so many processes at one port  (environment WORKERS; auto: one per core; default: one, unwatched)
  --help                 this text

SIGTERM stops it: readiness says no, requests under way finish. SIGHUP reads the settings again (docs/lifecycle.md).
NODE_ENV=production switches off introspection, the explorers, suggestions and plan views.
GraphQL is answered at /graphql and /, health at /health/live and /health/ready.
`;

function readArguments(): Record<string, string | boolean | undefined> {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      options: {
        supergraph: text,
        port: text,
        host: text,
        config: text,
        workers: text,
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

const { env } = process;
const flags = readArguments() as Record<
  'supergraph' | 'port' | 'host' | 'config' | 'workers',
  string | undefined
>;
if ('help' in flags) {
  process.stdout.write(help);
  process.exit(0);
}

/** How long a process may take to stop; a supervisor waits for its workers. */
const graceMs = 20_000;
const supervisorGraceMs = graceMs + 5_000;

function readSettings(): GatewayConfig {
  return readGatewayConfig(flags.config ?? (env['GATEWAY_CONFIG'] || undefined), {
    supergraph: flags.supergraph ?? (env['SUPERGRAPH'] || undefined),
    host: flags.host ?? (env['HOST'] || undefined),
    port: flags.port ?? (env['PORT'] || undefined),
    workers: flags.workers ?? (env['WORKERS'] || undefined),
  });
}

/** One process that answers by itself. */
async function runAlone(log: Logger): Promise<Running> {
  const config = readSettings();
  const { engine, server } = config;
  const gateway = await startGateway({ config, log });
  reportState(() => ({ unhandledRejectionsTotal: countUnhandledRejections() }));
  log.info({ url: `${gateway.url}/graphql`, engine, server }, 'ready');
  return { stop: () => gateway.stop(), reload: () => gateway.reload(readSettings()) };
}

/** One of several, under a supervisor. */
async function runWorker(log: Logger): Promise<Running> {
  const link = joinSupervisor();
  const gateway = await startGateway({
    config: readSettings(),
    log,
    isReady: link.isStarted,
    isWorker: true,
  });
  reportState(() => ({ unhandledRejectionsTotal: countUnhandledRejections() }));
  link.tellReady(gateway.url);
  log.info('worker ready');
  return { stop: () => gateway.stop() };
}

async function runSupervisor(log: Logger, config: GatewayConfig): Promise<Running> {
  const { engine, server, telemetry } = config;
  const workers = readWorkerSettings(config).count;
  let phase: 'starting' | 'ready' | 'stopping' = 'starting';
  const health: Health = {
    isReady: () => phase === 'ready',
    isStopping: () => phase === 'stopping',
  };
  const listener = await listenForSupervisor({
    options: telemetry,
    env,
    log,
    health: { liveness, readiness: () => readiness(health) },
    workers: () => workers,
  });
  try {
    const supervisor = await supervise({
      readSettings: () => readWorkerSettings(readSettings()),
      log,
      graceMs,
    });
    phase = 'ready';
    log.info({ url: `${supervisor.url}/graphql`, engine, server, workers }, 'ready');
    return {
      reload: () => supervisor.reload(),
      async stop() {
        phase = 'stopping';
        await supervisor.stop();
        await listener?.stop();
      },
    };
  } catch (error) {
    await listener?.stop();
    throw error;
  }
}

function readWorkerSettings({ workers }: GatewayConfig): WorkerSettings {
  const { count = 1, maxStallMs } = workers;
  return { count: countWorkers(count), maxStallMs };
}

if (cluster.isWorker) {
  const log = createLog('gateway').child({ worker: process.pid });
  await runProcess(log, () => runWorker(log), { graceMs, isSupervised: true });
} else {
  const log = createLog('gateway');
  const start = async (): Promise<Running> => {
    const config = readSettings();
    return config.workers.count === undefined ? runAlone(log) : runSupervisor(log, config);
  };
  await runProcess(log, start, { graceMs: supervisorGraceMs });
}
