import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES } from '@apollo/federation-internals';

/**
 * Features this gateway would have to act on and does not. A supergraph that uses one is refused:
 * serving it would ignore what its authors rely on, such as who may read a field.
 */
const unsupported = [
  'https://specs.apollo.dev/connect/v0.1',
  'https://specs.apollo.dev/connect/v0.2',
  'https://specs.apollo.dev/connect/v0.3',
  'https://specs.apollo.dev/connect/v0.4',
];

/** The `@link`ed features, by address, that a supergraph may ask for (core spec v0.2, "for:"). */
export const supportedFeatures: Set<string> = new Set(
  [...ROUTER_SUPPORTED_SUPERGRAPH_FEATURES].filter((feature) => !unsupported.includes(feature)),
);
