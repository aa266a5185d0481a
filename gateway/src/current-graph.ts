import type { Logger } from '@trellis/platform/log';
import { specifiedRules, validate } from 'graphql';
import type { GatewayConfig } from './config.ts';
import type { Engine } from './execution/engine.ts';
import type { Graph } from './pipeline.ts';
import { createCurrentSupergraph, type CurrentSupergraph } from './supergraph/current.ts';
import { makeSnapshot, type Snapshot } from './supergraph/snapshot.ts';
import type { SupergraphSource } from './supergraph/source.ts';
import type { SubgraphTransport } from './transport/create-subgraph-fetch.ts';

export type CreateEngine = (snapshot: Snapshot) => Engine | Promise<Engine>;

export interface CurrentGraphOptions {
  readonly config: GatewayConfig;
  readonly source: SupergraphSource;
  readonly createEngine: CreateEngine;
  readonly transport: SubgraphTransport;
  readonly log: Logger;
}

/** How many of the most used operations a new graph has ready before it takes over. */
const warmedOperations = 50;

/**
 * Serves the last valid supergraph with its engine and the way to its subgraphs. The one before is retired once the
 * last request that may have started on it is over.
 */
export function createCurrentGraph(options: CurrentGraphOptions): CurrentSupergraph<Graph> {
  const { config, transport, log } = options;
  let serving: Graph | undefined;

  const current = createCurrentSupergraph<Graph>({
    source: options.source,
    log,
    describe: ({ snapshot }) => ({ supergraph: snapshot.id, subgraphs: snapshot.subgraphs.size }),
    async build(sdl) {
      const snapshot = makeSnapshot(sdl);
      const engine = await options.createEngine(snapshot);
      if (serving) await warm(engine, snapshot, serving.engine);
      // Requests on the old graph still ask its subgraphs: they go when it is retired.
      transport.update(new Map([...urlsOf(serving), ...readUrls(snapshot)]));
      return { snapshot, engine, fetch: transport.fetch };
    },
  });
  current.onSwap((next) => {
    const previous = serving;
    serving = next;
    setTimeout(() => {
      if (serving === next) transport.update(readUrls(next.snapshot));
      previous?.engine
        .close?.()
        .catch((error: unknown) => log.warn({ err: error }, 'closing an engine failed'));
    }, config.http.requestTimeoutMs).unref();
  });
  return {
    ...current,
    async start() {
      await current.start();
      serving = current.get();
    },
  };
}

/** Plans what the old graph was asked most, as far as it is valid on the new one, before the new one is served. */
async function warm(engine: Engine, { apiSchema }: Snapshot, previous: Engine): Promise<void> {
  const hottest = previous.hottest?.(warmedOperations) ?? [];
  const valid = hottest.filter(
    ({ prepared }) =>
      validate(apiSchema, prepared.document, specifiedRules, { maxErrors: 1 }).length === 0,
  );
  if (valid.length > 0) await engine.warm?.(valid);
}

function urlsOf(graph: Graph | undefined): ReadonlyMap<string, string> {
  return graph ? readUrls(graph.snapshot) : new Map();
}

function readUrls({ subgraphs }: Snapshot): ReadonlyMap<string, string> {
  return new Map([...subgraphs.values()].map(({ name, url }) => [name, url]));
}
