import { setImmediate } from 'node:timers/promises';
import type { Logger } from '@trellis/platform/log';
import type { GatewayConfig } from './config.ts';
import type { Engine } from './execution/engine.ts';
import type { PlannedApart } from './execution/engine-planning.ts';
import { largeSupergraph, openSupergraph } from './open-supergraph.ts';
import type { RenewPrepared } from './operation/prepare.ts';
import type { Graph } from './pipeline.ts';
import { createCurrentSupergraph, type CurrentSupergraph } from './supergraph/current.ts';
import { createLastGoodFile } from './last-good-file.ts';
import type { PreparedOperation } from './operation/prepared-operation.ts';
import type { Snapshot } from './supergraph/snapshot.ts';
import type { SupergraphSource } from './supergraph/source.ts';
import { closeDocument, openFullSchema } from './supergraph/supergraph-document.ts';
import { inTurns } from './turns.ts';
import { watchErrors } from './supergraph/watch-errors.ts';
import type { SubgraphTransport } from './transport/create-subgraph-fetch.ts';

/** @param apart where a thread has the planner of the supergraph ready: the engine closes it */
export type CreateEngine = (
  snapshot: Snapshot,
  apart: PlannedApart | undefined,
) => Engine | Promise<Engine>;

export interface CurrentGraphOptions {
  readonly config: GatewayConfig;
  readonly source: SupergraphSource;
  readonly createEngine: CreateEngine;
  readonly renewPrepared: RenewPrepared;
  /** Whether rules read the whole supergraph. */
  readonly needsFullSchema: boolean;
  readonly transport: SubgraphTransport;
  /** The engine of an older set of settings: what it was asked most is planned before the first graph is served. */
  readonly previous?: Engine | undefined;
  readonly log: Logger;
}

/** How many of the most used operations a new graph has ready before it takes over. */
const warmedOperations = 50;

/**
 * Serves the last valid supergraph with its engine and the way to its subgraphs. The one before is retired once the
 * last request that may have started on it is over, and it is settled that it will not be taken back.
 */
export function createCurrentGraph(options: CurrentGraphOptions): CurrentSupergraph<Graph> {
  const { config, transport, log } = options;
  const { rollback, lastGoodFile } = config.supergraph;
  const lastGood = lastGoodFile === undefined ? undefined : createLastGoodFile(lastGoodFile);
  const errors = rollback.isEnabled ? watchErrors(rollback) : undefined;
  const retirement = createRetirement(options);
  let serving: Graph | undefined;

  const current = createCurrentSupergraph<Graph>({
    source: options.source,
    lastGood,
    log,
    describe: ({ snapshot }) => ({ supergraph: snapshot.id, subgraphs: snapshot.subgraphs.size }),
    async build(sdl) {
      const { snapshot, engine } = await build(sdl, options);
      const hot = serving?.engine ?? options.previous;
      if (hot) await warm(engine, hot, (prepared) => options.renewPrepared(prepared, snapshot));
      // Requests on the old graphs still ask their subgraphs: they go when the graphs are retired.
      transport.update(retirement.urlsWith(serving, snapshot));
      return { snapshot, engine, fetch: transport.fetch };
    },
  });

  function keep({ snapshot }: Graph): void {
    lastGood?.save(snapshot.sdl).catch((error: Error) => {
      log.warn({ reason: error.message }, 'the last good supergraph cannot be kept on disk');
    });
  }
  /** The new graph stays, at once or when its errors have been watched for a while. */
  function prove(next: Graph): void {
    const settle = (): void => {
      current.settle();
      keep(next);
    };
    if (errors) errors.begin(next.snapshot.id, { onJump: current.rollBack, onPassed: settle });
    else settle();
  }

  current.onSwap((next, cause) => {
    const previous = serving;
    serving = next;
    if (previous) retirement.begin(previous, next);
    if (cause !== 'rollback') prove(next);
  });
  return {
    ...current,
    async start() {
      await current.start();
      serving = current.get();
      keep(serving);
    },
    stop() {
      current.stop();
      errors?.stop();
      retirement.stop();
    },
  };
}

interface Retirement {
  /** The old graph goes when nobody needs it any more; the new one stays, even if it was about to go. */
  begin(old: Graph, next: Graph): void;
  /** The addresses of all graphs that may still be asked; the last one's go before those of the others. */
  urlsWith(serving: Graph | undefined, newest?: Snapshot): ReadonlyMap<string, string>;
  stop(): void;
}

function createRetirement({ config, transport, log }: CurrentGraphOptions): Retirement {
  const { requestTimeoutMs } = config.http;
  const { isEnabled, windowMs } = config.supergraph.rollback;
  const delayMs = isEnabled ? Math.max(requestTimeoutMs, windowMs + 1_000) : requestTimeoutMs;
  const retiring = new Map<Graph, NodeJS.Timeout>();
  let current: Graph | undefined;

  function close({ engine }: Graph): void {
    engine
      .close?.()
      .catch((error: unknown) => log.warn({ err: error }, 'closing an engine failed'));
  }
  function urlsWith(serving: Graph | undefined, newest?: Snapshot): ReadonlyMap<string, string> {
    const snapshots = [...retiring.keys(), ...(serving ? [serving] : [])].map(
      ({ snapshot }) => snapshot,
    );
    return new Map([...snapshots, ...(newest ? [newest] : [])].flatMap(readUrls));
  }

  return {
    urlsWith,
    begin(old, next) {
      clearTimeout(retiring.get(next));
      retiring.delete(next);
      current = next;
      const timer = setTimeout(() => {
        retiring.delete(old);
        transport.update(urlsWith(current));
        close(old);
      }, delayMs).unref();
      retiring.set(old, timer);
      transport.update(urlsWith(next));
    },
    stop() {
      for (const [graph, timer] of retiring) {
        clearTimeout(timer);
        close(graph);
      }
    },
  };
}

/** Makes everything of a supergraph that its requests need, in turns of the event loop. */
async function build(
  sdl: string,
  { config, createEngine, needsFullSchema }: CurrentGraphOptions,
): Promise<Pick<Graph, 'snapshot' | 'engine'>> {
  const { snapshot, apart } = await openSupergraph(sdl, {
    planTimeoutMs: config.execution.planTimeoutMs,
    // Stock Apollo plans for itself.
    apartFrom: config.engine === 'apollo' ? Infinity : largeSupergraph,
  });
  try {
    if (needsFullSchema) await inTurns(openFullSchema(snapshot));
    return { snapshot, engine: await createEngine(snapshot, apart) };
  } catch (error) {
    await apart?.thread.close();
    throw error;
  } finally {
    closeDocument(snapshot);
  }
}

/**
 * Prepares and plans what the old graph was asked most, as far as it is valid on the new one, before the new one is
 * served: one operation in each turn of the event loop.
 */
async function warm(
  engine: Engine,
  previous: Engine,
  renew: (prepared: PreparedOperation) => PreparedOperation | undefined,
): Promise<void> {
  const hottest = previous.hottest?.(warmedOperations) ?? [];
  for (const permitted of hottest) {
    const prepared = renew(permitted.prepared);
    await setImmediate();
    if (prepared) await engine.warm?.([{ ...permitted, prepared }]);
  }
}

function readUrls({ subgraphs }: Snapshot): [string, string][] {
  return [...subgraphs.values()].map(({ name, url }) => [name, url]);
}
