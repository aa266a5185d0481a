import type { GatewayCLIConfig } from '@graphql-hive/gateway';

const propagatedHeader = process.env['PROPAGATED_HEADER'];

/** What both forms of Hive Gateway share: both kinds of in-flight sharing are on, as in the public benchmark. */
export const hiveBase: Partial<GatewayCLIConfig> = {
  inboundInflightRequestDeduplication: true,
  ...(propagatedHeader && {
    propagateHeaders: {
      fromClientToSubgraphs({ request }) {
        const value = request.headers.get(propagatedHeader);
        return value === null ? {} : { [propagatedHeader]: value };
      },
    },
  }),
};
