import type { ResolveHook } from 'node:module';

/** A hook of Node's module loader: whoever imports the gateway's chain of policies gets the bare client. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  if (!resolved.url.endsWith('/gateway/dist/transport/subgraph-client.js')) return resolved;
  return { ...resolved, url: new URL('./bare-client.js', import.meta.url).href };
};
