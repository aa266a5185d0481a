import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { ApolloServer } from '@apollo/server';
import { createLog } from '@trellis/platform/log';
import { startUsersAndReviews } from '../../testing/test-subgraphs.ts';
import { TrellisGateway, type TrellisGatewayOptions } from '../apollo-server.ts';

/** What tests of a gateway in an Apollo Server share. */
export interface ApolloSuite {
  /** From the first test on. */
  readonly subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
  readonly createGateway: (options?: Partial<TrellisGatewayOptions>) => TrellisGateway;
  /** Stops the server at the end of the test. */
  readonly keep: (server: Pick<ApolloServer, 'stop'>) => void;
  /** Stops it now. */
  readonly stop: () => Promise<void>;
}

export const quietLog = createLog('test', { LOG_LEVEL: 'silent' });

/** For Apollo Server, which logs what tests expect. */
export const silentLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Starts subgraphs before all tests and stops servers after each. @param settings of every gateway */
export function setUpApollo(settings: TrellisGatewayOptions['settings'] = {}): ApolloSuite {
  let subgraphs: ApolloSuite['subgraphs'] | undefined;
  let server: Pick<ApolloServer, 'stop'> | undefined;
  const suite: ApolloSuite = {
    get subgraphs() {
      if (!subgraphs) throw new Error('the subgraphs run from the first test on');
      return subgraphs;
    },
    createGateway: (options = {}) =>
      new TrellisGateway({
        supergraphSdl: suite.subgraphs.sdl,
        settings,
        logger: quietLog,
        ...options,
      }),
    keep: (given) => (server = given),
    async stop() {
      await server?.stop();
      server = undefined;
    },
  };
  beforeAll(async () => {
    subgraphs = await startUsersAndReviews();
  });
  afterEach(() => suite.stop());
  afterAll(() => subgraphs?.stop());
  return suite;
}

function ignore(): void {
  // Nobody reads it.
}
