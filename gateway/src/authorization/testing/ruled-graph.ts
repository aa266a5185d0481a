import { anonymous, type Identity } from '@trellis/platform/identity';
import { createLog, type Logger } from '@trellis/platform/log';
import type { TrellisEngineOptions } from '../../execution/engine-options.ts';
import {
  createLocalGraph,
  makeContext,
  type LocalAnswer,
  type LocalGraph,
  type LocalSubgraph,
} from '../../execution/testing/local-graph.ts';
import { makeSnapshot } from '../../supergraph/snapshot.ts';
import { createAuthorization } from '../authorize.ts';
import type { PermissionsModule } from '../load-permissions.ts';

/** A graph in this process with rules before it. */
export interface RuledGraph {
  readonly graph: LocalGraph;
  /** Every query that subgraphs got, joined. */
  traffic(): string;
  ask(
    query: string,
    identity?: Identity,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<LocalAnswer>;
}

/** Composes subgraphs and puts rules before them. @throws PermissionsError when they do not fit */
export function createRuledGraph(
  subgraphs: Readonly<Record<string, LocalSubgraph>>,
  module: PermissionsModule,
  given: { readonly log?: Logger; readonly engine?: TrellisEngineOptions } = {},
): RuledGraph {
  const graph = createLocalGraph(subgraphs, { ...given.engine, enforcesAccessDirectives: true });
  const snapshot = makeSnapshot(graph.sdl);
  const log = given.log ?? createLog('test', { LOG_LEVEL: 'silent' });
  const authorization = createAuthorization(module, log);
  authorization.prepare(snapshot);
  return {
    graph,
    traffic: () => graph.requests.map(({ body }) => body).join('\n'),
    async ask(query, identity = anonymous, variables = {}) {
      const { prepared } = graph.permit(query);
      const caller = makeContext({ identity });
      const permitted = await authorization.authorize({
        prepared,
        variables,
        context: caller,
        snapshot,
      });
      const executable = await graph.engine.plan(permitted);
      const context = { ...caller, access: permitted.access };
      const answer = await executable.execute(variables, context, graph.fetch);
      return JSON.parse(answer.body) as LocalAnswer;
    },
  };
}

/** A user with roles and scopes. */
export function caller(
  subject: string,
  given: Partial<Pick<Identity, 'roles' | 'scopes' | 'attributes'>> = {},
): Identity {
  return { ...anonymous, kind: 'user', subject, ...given };
}
