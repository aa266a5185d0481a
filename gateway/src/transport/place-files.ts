import type { SubgraphsOptions, TrafficOptions } from './options.ts';

type Place = <Path extends string | undefined>(file: Path) => Path;

/** Names certificates and lists of instances by their full paths. */
export function placeSubgraphFiles(options: SubgraphsOptions, place: Place): SubgraphsOptions {
  return Object.fromEntries(
    Object.entries(options).map(([name, traffic]) => [name, placeFiles(traffic, place)]),
  );
}

function placeFiles({ tls, discovery, ...rest }: TrafficOptions, place: Place): TrafficOptions {
  return {
    ...rest,
    ...(tls && {
      tls: {
        ...tls,
        caFile: place(tls.caFile),
        certFile: place(tls.certFile),
        keyFile: place(tls.keyFile),
      },
    }),
    ...(discovery && {
      discovery:
        discovery.kind === 'file' ? { ...discovery, path: place(discovery.path) } : discovery,
    }),
  };
}
