import type { Logger } from '@trellis/platform/log';
import type { GatewayConfig } from './config.ts';
import { liveness, readiness, type Health } from './http/health.ts';
import type { Pages } from './http/pages.ts';
import { adjustAdmission, createAdmission } from './overload/admission.ts';
import { watchLoad } from './overload/watch-load.ts';
import { assertReloadable } from './assert-reloadable.ts';
import { createServing, type Serving } from './serving.ts';
import { describeServed } from './telemetry/describe-served.ts';
import { startTelemetry } from './telemetry/start-telemetry.ts';
import { listenNodeHttp, type Listener } from './use/node-http.ts';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly log: Logger;
  /** `NODE_ENV` and the wire secret are read from it. Default: the process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Said no by others, such as workers that are still starting: then readiness says no as well. */
  readonly isReady?: () => boolean;
  /** Whether a supervisor runs this process beside others, and collects the metrics of all. */
  readonly isWorker?: boolean;
}

export interface Gateway {
  /** Where it listens, such as `http://127.0.0.1:4000`. GraphQL is at `/graphql` below it. */
  readonly url: string;
  /** Where metrics and state are read. Undefined unless `telemetry.listen` opens it. */
  readonly telemetryUrl: string | undefined;
  /**
   * Takes over changed settings: everything that answers is built anew and replaces the old whole, between two requests.
   * @throws Error when a setting changed that needs a restart, or the new ones cannot be served; the old ones stay
   */
  reload(config: GatewayConfig): Promise<void>;
  /** Readiness says no, requests under way finish, everything is closed. */
  stop(): Promise<void>;
}

/**
 * Builds each part once, wires them and listens. Nothing else happens here.
 * @throws Error with one clear message when the supergraph is missing or invalid, or the address is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { log, env = process.env, isReady = () => true } = options;
  let { config } = options;
  let serving: Serving | undefined = undefined as Serving | undefined;
  let isStopping = false;
  const health: Health = {
    isReady: () => (serving?.running.supergraph.isServing() ?? false) && isReady(),
    isStopping: () => isStopping,
  };
  const telemetry = await startTelemetry({
    options: config.telemetry,
    log,
    env,
    health: { liveness, readiness: () => readiness(health) },
    isWorker: options.isWorker ?? false,
    served: () => serving && describeServed(serving.running),
  });
  const succession = createSuccession(log);

  async function release(): Promise<void> {
    await succession.stop();
    await serving?.stop();
    await telemetry.stop();
  }
  let front: Front;
  try {
    const first = await createServing({ config, log, env, health });
    serving = first;
    front = await openFront({ config, log, env, health, serving: () => serving ?? first });
  } catch (error) {
    await release();
    throw error;
  }
  return {
    url: front.url,
    telemetryUrl: telemetry.url,
    async reload(next) {
      assertReloadable(config, next);
      const old = serving;
      const successor = await createServing({ config: next, log, env, health }, old?.running);
      serving = successor;
      if (old) succession.retire(old, config.http.requestTimeoutMs);
      config = next;
      front.adjust(next);
    },
    async stop() {
      isStopping = true;
      await pause(config.listen.drainDelayMs);
      await front.stop();
      await release();
    },
  };
}

/** What was replaced by newer settings, and whose requests still finish. */
interface Succession {
  retire(old: Serving, afterMs: number): void;
  stop(): Promise<void>;
}

function createSuccession(log: Logger): Succession {
  const retired = new Map<Serving, NodeJS.Timeout>();
  return {
    retire(old, afterMs) {
      old.retire();
      const timer = setTimeout(() => {
        retired.delete(old);
        old.stop().catch((error: unknown) => log.warn({ err: error }, 'closing old parts failed'));
      }, afterMs).unref();
      retired.set(old, timer);
    },
    async stop() {
      for (const [old, timer] of retired) {
        clearTimeout(timer);
        await old.stop();
      }
    },
  };
}

interface FrontInput {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly env: NodeJS.ProcessEnv;
  readonly health: Health;
  readonly serving: () => Serving;
}

/** The listener, and what decides who comes in. It stays when everything behind it is replaced. */
interface Front extends Listener {
  adjust(config: GatewayConfig): void;
}

async function openFront({ config, env, health, log, serving }: FrontInput): Promise<Front> {
  const showsExplorers = config.http.explorers ?? env['NODE_ENV'] !== 'production';
  const admission = createAdmission(config.overload);
  const listener = await listenNodeHttp({
    listen: config.listen,
    graphql: (request, response) => serving().graphql(request, response),
    cors: () => serving().cors,
    health,
    pages: showsExplorers ? await openPages(config, serving()) : undefined,
    admission,
    requestTimeoutMs: config.http.requestTimeoutMs,
    log,
  });
  let stopWatching = watchLoad({ admission, overload: config.overload, log });
  return {
    url: listener.url,
    adjust({ overload }) {
      stopWatching();
      adjustAdmission(admission, overload);
      stopWatching = watchLoad({ admission, overload, log });
    },
    async stop() {
      await listener.stop();
      stopWatching();
    },
  };
}

async function openPages(config: GatewayConfig, { running }: Serving): Promise<Pages> {
  const { createPages } = await import('./http/pages.ts');
  return createPages({ signIn: running.signIn, samples: config.http.samples });
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
