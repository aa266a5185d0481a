import { createIdentitySigner } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import { readWireKeys } from '@trellis/platform/wire-keys';
import { createAuthentication } from './authentication/authenticate.ts';
import type { SignInOptions } from './authentication/options.ts';
import { createAuthorization } from './authorization/authorize.ts';
import { loadPermissions } from './authorization/load-permissions.ts';
import { createCallerKey } from './caller-key.ts';
import type { GatewayConfig } from './config.ts';
import { createCurrentGraph } from './current-graph.ts';
import { createEngine } from './execution/create-engine.ts';
import { logUnfitAnswers } from './execution/unfit-answer.ts';
import type { Engine } from './execution/engine.ts';
import { createExplain } from './explain/explain.ts';
import { createCoerceVariables } from './operation/coerce-variables.ts';
import { createLimitCost } from './operation/cost/limit-cost.ts';
import { createTellCost } from './operation/cost/tell-cost.ts';
import { createDocuments } from './operation/documents/create-documents.ts';
import { createReadClientAddress, type ReadClientAddress } from './http/client-address.ts';
import { createNarrowError } from './narrow-error.ts';
import { createPreparation } from './operation/prepare.ts';
import type { Graph, Parts } from './pipeline.ts';
import { createEnforce } from './rate-limits/enforce.ts';
import { openLimiterStore } from './rate-limits/open-limiter-store.ts';
import { createRateLimits } from './rate-limits/rate-limits.ts';
import type { CurrentSupergraph } from './supergraph/current.ts';
import type { SupergraphSource } from './supergraph/source.ts';
import {
  createSubgraphFetch,
  type SubgraphFetchOptions,
} from './transport/create-subgraph-fetch.ts';

export interface PartsInput {
  readonly config: GatewayConfig;
  readonly source: SupergraphSource;
  readonly log: Logger;
  readonly env: NodeJS.ProcessEnv;
  /** The engine this one replaces: what it was asked most is planned first. */
  readonly previous?: Engine | undefined;
  /** Data sources of the application, in place of our HTTP client. */
  readonly dataSources?: Pick<SubgraphFetchOptions, 'buildService' | 'findIncomingRequest'>;
}

/** What answers operations, whatever server stands in front of it. */
export interface RunningParts {
  readonly parts: Parts;
  readonly supergraph: CurrentSupergraph<Graph>;
  /** How the explorer signs people in. */
  readonly signIn: SignInOptions | undefined;
  /** Where requests come from. Absent where nobody wants to know. */
  readonly readClientAddress: ReadClientAddress | undefined;
  /** Whether rules concern the supergraph that is served: then not everybody may see all of it. */
  readonly hasRules: () => boolean;
  /** Closes the way to the subgraphs. Call it when no request is under way any more. */
  readonly stop: () => Promise<void>;
}

/** Builds each part of the walk once and loads the first supergraph. @throws Error with one clear message */
export async function createParts(input: PartsInput): Promise<RunningParts> {
  const { config, source, log, env } = input;
  const isProduction = env['NODE_ENV'] === 'production';
  const limiters = await openLimiterStore(config.rateLimits, log, env);
  const enforce = createEnforce(config.rateLimits.headers);
  const rateLimits = createRateLimits(config.rateLimits, limiters, enforce);
  const { trustedProxies } = config.http;
  const readClientAddress =
    rateLimits || trustedProxies.length > 0 ? createReadClientAddress(trustedProxies) : undefined;
  const authentication = createAuthentication({
    options: config.authentication,
    log,
    env,
    limiters,
    enforce,
  });
  const permissions = await loadPermissions(config.authorization.permissions);
  const authorization = createAuthorization(permissions, log);
  const [key] = readWireKeys(env);
  if (!key) {
    log[isProduction ? 'warn' : 'info'](
      'no TRELLIS_WIRE_SECRET: requests to subgraphs carry no signed identity',
    );
  }
  const transport = createSubgraphFetch({
    urls: new Map(),
    subgraphs: config.subgraphs,
    signIdentity: key && createIdentitySigner(key),
    log,
    isMasking: isProduction,
    ...input.dataSources,
  });
  const documents = createDocuments(config.operation, log);
  const preparation = createPreparation(config.operation, isProduction, documents.resolve);
  const noteUnfit = logUnfitAnswers(log);
  const supergraph = createCurrentGraph({
    config,
    source,
    transport,
    log,
    previous: input.previous,
    renewPrepared: preparation.renew,
    needsFullSchema: authorization.readsParents,
    createEngine: async (snapshot, apart) => {
      await authorization.prepareInTurns(snapshot);
      preparation.open(snapshot);
      const callerKey = createCallerKey(snapshot.subgraphs.keys(), config.subgraphs);
      return createEngine(snapshot, { ...config, callerKey, noteUnfit }, apart);
    },
  });
  const parts: Parts = {
    graph: supergraph.get,
    authenticate: rateLimits?.guard(authentication.authenticate) ?? authentication.authenticate,
    rateLimits,
    prepare: preparation.prepare,
    coerceVariables: createCoerceVariables(config.operation.maxInputValues),
    limitCost: config.operation.cost.isEnabled
      ? createLimitCost(config.operation.cost.maxCost)
      : undefined,
    tellCost: config.operation.cost.isEnabled
      ? createTellCost(config.operation.cost.header)
      : undefined,
    authorize: authorization.authorize,
    narrowError:
      (config.operation.suggestions ?? !isProduction)
        ? createNarrowError(authorization, config.operation.introspection ?? !isProduction)
        : undefined,
    explain: isProduction ? undefined : createExplain(authorization.explain),
  };

  async function stop(): Promise<void> {
    supergraph.stop();
    if (supergraph.isServing()) await supergraph.get().engine.close?.();
    await transport.stop();
    await authentication.stop();
    limiters.stop();
    documents.stop();
  }
  try {
    await documents.start();
    await supergraph.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    parts,
    supergraph,
    signIn: authentication.signIn,
    readClientAddress,
    hasRules: () => authorization.concerns(supergraph.get().snapshot),
    stop,
  };
}
