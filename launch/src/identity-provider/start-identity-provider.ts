import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@trellis/platform/log';
import type { Provider } from 'oidc-provider';
import { configureProvider } from './configure-provider.ts';
import { openState, rotateKeys, saveState } from './provider-state.ts';
import { answerSignIn } from './sign-in.ts';

export interface IdentityProviderOptions {
  /** Loopback port; 0 takes a free one. */
  readonly port: number;
  /** Keeps keys and the service's secret between starts. */
  readonly stateFile: string;
  /** Where the gateway is opened in a browser. */
  readonly gatewayOrigins: readonly string[];
  readonly accessTokenSeconds?: number;
  readonly log: Logger;
  readonly env: NodeJS.ProcessEnv;
}

export interface IdentityProvider {
  /** The issuer, such as `http://127.0.0.1:4010`. */
  readonly url: string;
  /** For client credentials, as `trellis-service`. */
  readonly serviceClientSecret: string;
  /** A new key signs from now on; the one before stays published. */
  rotateKeys(): Promise<void>;
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Starts an OpenID provider for development: it signs in every user of the seeded shop without a password. So it listens on
 * the loopback interface only, and not at all in production.
 * @throws Error in production, and when the port is taken
 */
export async function startIdentityProvider(
  options: IdentityProviderOptions,
): Promise<IdentityProvider> {
  if (options.env['NODE_ENV'] === 'production') {
    throw new Error(
      'The identity provider of development asks for no passwords and does not start with NODE_ENV=production. Configure an issuer of your own: docs/authentication.md.',
    );
  }
  let serve = (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(503).end();
  };
  const server = createServer((request, response) => serve(request, response));
  const url = await listen(server, options.port);
  try {
    let state = openState(options.stateFile, url);
    const publish = async (): Promise<void> => {
      saveState(options.stateFile, state);
      serve = await createListener(url, state, options);
    };
    await publish();
    return {
      url,
      serviceClientSecret: state.serviceClientSecret,
      async rotateKeys() {
        state = rotateKeys(state);
        await publish();
        options.log.info({ keyId: state.keys[0]?.kid }, 'a new key signs');
      },
      stop: () => close(server),
    };
  } catch (error) {
    await close(server);
    throw error;
  }
}

async function createListener(
  url: string,
  state: ReturnType<typeof openState>,
  { gatewayOrigins, accessTokenSeconds = 3_600, log }: IdentityProviderOptions,
): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  addUrlParse();
  const provider = await loadQuietly(log, async () => {
    const library = await import('oidc-provider');
    const { InvalidTarget } = library.errors;
    return new library.Provider(
      url,
      configureProvider({ state, gatewayOrigins, accessTokenSeconds, InvalidTarget }),
    );
  });
  provider.on('server_error', (_context, error) =>
    log.error({ err: error }, 'the provider failed'),
  );
  const answerProtocol = provider.callback();
  const { host: expectedHost } = new URL(url);
  return (request, response) => {
    // A page of another site whose name was pointed at this machine must not sign anybody in (DNS rebinding).
    if (request.headers.host !== expectedHost) {
      response.writeHead(421, { 'content-type': 'text/plain' });
      response.end(`This is ${url} and answers to no other name.\n`);
      return;
    }
    route(request, response, { provider, answerProtocol, log });
  };
}

interface Routes {
  readonly provider: Provider;
  readonly answerProtocol: (request: IncomingMessage, response: ServerResponse) => unknown;
  readonly log: Logger;
}

function route(request: IncomingMessage, response: ServerResponse, routes: Routes): void {
  const [path = '/'] = (request.url ?? '/').split('?');
  if (path === '/health/ready' || path === '/health/live') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ready"}');
    return;
  }
  if (!path.startsWith('/sign-in/')) {
    routes.answerProtocol(request, response);
    return;
  }
  answerSignIn(request, response, routes.provider).catch((error: Error) => {
    routes.log.debug({ err: error }, 'signing in failed');
    if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain' });
    response.end('This sign-in has ended. Start it again where you came from.\n');
  });
}

/** The library speaks to the console: on Node 20 of the version, and of its memory, which development is content with. */
async function loadQuietly<Result>(log: Logger, load: () => Promise<Result>): Promise<Result> {
  const { info, warn } = console;
  const quiet = (text: unknown): void => log.debug(String(text));
  Object.assign(console, { info: quiet, warn: quiet });
  try {
    return await load();
  } finally {
    Object.assign(console, { info, warn });
  }
}

/** The library uses `URL.parse`, which the first versions of Node 20 do not have. */
function addUrlParse(): void {
  if ('parse' in URL) return;
  const parse = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);
  Object.assign(URL, { parse });
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve(`http://${host}:${(server.address() as AddressInfo).port}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
