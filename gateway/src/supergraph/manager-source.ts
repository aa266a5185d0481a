import type { GetDataSourceFunction, SupergraphManager, SupergraphSdlHook } from '@apollo/gateway';
import type { SupergraphListener, SupergraphSource } from './source.ts';

type GetDataSource = (definition: {
  readonly name: string;
  readonly url: string;
}) => ReturnType<GetDataSourceFunction>;

/** A manager that could not start is started again after this time, where an older supergraph is served meanwhile. */
const retryMs = 5_000;

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
  let isLoaded = false;
  let timer: NodeJS.Timeout | undefined;
  const initialize = typeof manager === 'function' ? manager : manager.initialize.bind(manager);

  async function load(): Promise<string> {
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
    isLoaded = true;
    return result.supergraphSdl;
  }

  async function retry(): Promise<void> {
    try {
      const sdl = await load();
      listener?.onChange(sdl);
    } catch (error) {
      listener?.onProblem(error as Error);
      retrySoon();
    }
  }
  function retrySoon(): void {
    if (listener) timer = setTimeout(() => void retry(), retryMs).unref();
  }

  return {
    description: 'of the supergraph manager',
    load,
    watch(given) {
      listener = given;
      if (early !== undefined) given.onChange(early);
      if (!isLoaded) retrySoon();
      return () => {
        listener = undefined;
        clearTimeout(timer);
        cleanup?.().catch(given.onProblem);
      };
    },
  };
}
