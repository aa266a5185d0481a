// Tokens of the OpenID provider that `npm start` starts.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  clientCredentialsGrant,
  discovery,
  None,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';

const serviceClientId = 'trellis-service';
const terminalClientId = 'trellis-terminal';
/** How long somebody may take to choose who to be. */
const signInMs = 300_000;

/**
 * Client credentials (RFC 6749 §4.4): the token of a program.
 * @param home the folder `.trellis`
 */
export async function askClientToken(home, clientId, scopes) {
  const { url, serviceClientSecret } = readProvider(home);
  if (clientId !== serviceClientId) {
    throw new Error(`The provider knows one program: ${serviceClientId}, not "${clientId}".`);
  }
  const configuration = await discover(url, clientId, serviceClientSecret);
  const tokens = await clientCredentialsGrant(
    configuration,
    scopes.length > 0 ? { scope: scopes.join(' ') } : {},
  );
  return tokens.access_token;
}

/**
 * Authorization code with PKCE, as a program on somebody's machine does it (RFC 8252 §7.3).
 * @param show gets the address to open
 */
export async function signInForToken(home, scopes, show) {
  const configuration = await discover(readProvider(home).url, terminalClientId);
  const verifier = randomPKCECodeVerifier();
  const state = randomState();
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const address = buildAuthorizationUrl(configuration, {
    redirect_uri: `${origin}/signed-in`,
    scope: ['openid', ...scopes].join(' '),
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    prompt: 'login',
  });
  try {
    show(address.href);
    const callback = await waitForCallback(server, origin);
    const tokens = await authorizationCodeGrant(configuration, callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    return tokens.access_token;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function waitForCallback(server, origin) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Nobody signed in.')), signInMs);
    server.on('request', (request, response) => {
      const at = new URL(request.url, origin);
      if (at.pathname !== '/signed-in') {
        response.writeHead(404).end();
        return;
      }
      clearTimeout(timer);
      response.setHeader('content-type', 'text/plain; charset=utf-8');
      response.end('The token is in the terminal. This page can be closed.\n', () => resolve(at));
    });
  });
}

async function discover(url, clientId, secret) {
  try {
    return await discovery(new URL(url), clientId, secret, secret ? undefined : None(), {
      execute: [allowInsecureRequests],
    });
  } catch (error) {
    throw new Error(`No identity provider answers at ${url}: start it with npm start.`, {
      cause: error,
    });
  }
}

function readProvider(home) {
  const file = join(home, 'identity-provider.json');
  if (!existsSync(file)) throw new Error(`${file} is missing: start the platform with npm start.`);
  return JSON.parse(readFileSync(file, 'utf8'));
}
