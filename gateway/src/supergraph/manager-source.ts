import type { GetDataSourceFunction, SupergraphManager, SupergraphSdlHook } from '@apollo/gateway';
import type { SupergraphListener, SupergraphSource } from './source.ts';

type GetDataSource = (definition: {
  readonly name: string;
  readonly url: string;
}) => ReturnType<GetDataSourceFunction>;

/**
 * A supergraph from a manager of `ApolloGateway` users, such as `IntrospectAndCompose` or their own.
 * @param getDataSource what the manager asks subgraphs through
 */
export function createManagerSource(
  manager: SupergraphManager | SupergraphSdlHook,
  getDataSource: GetDataSource,
): SupergraphSource {
  let listener: SupergraphListener | undefined;
  let cleanup: (() => Promise<void>) | undefined;
  /** A version that came before anybody listened. */
  let early: string | undefined;
  const initialize = typeof manager === 'function' ? manager : manager.initialize.bind(manager);

  return {
    description: 'of the supergraph manager',
    async load() {
      const result = await initialize({
        update(sdl) {
          if (listener) listener.onChange(sdl);
          else early = sdl;
        },
        // A supergraph is refused when it is invalid, not when a subgraph happens to be down.
        healthCheck: () => Promise.resolve(),
        getDataSource: ({ name, url = '' }) => getDataSource({ name, url }),
      });
      cleanup = result.cleanup;
      return result.supergraphSdl;
    },
    watch(given) {
      listener = given;
      if (early !== undefined) given.onChange(early);
      return () => {
        listener = undefined;
        cleanup?.().catch(given.onProblem);
      };
    },
  };
}
