// Who the person in front of GraphiQL is: signs in with any OpenID provider, by authorization code with PKCE (RFC 7636).
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  None,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';

/** Both live as long as the tab. */
const sessionKey = 'trellis:session';
const pendingKey = 'trellis:signing-in';

/** @returns `{ token, name, expiresAt }`, or undefined for nobody in particular */
export function readSession() {
  const session = JSON.parse(sessionStorage.getItem(sessionKey) ?? 'null');
  return session && session.expiresAt > Date.now() ? session : undefined;
}

export function endSession() {
  sessionStorage.removeItem(sessionKey);
}

/** Leaves the page for the provider's. */
export async function beginSignIn(settings) {
  const configuration = await discover(settings);
  const verifier = randomPKCECodeVerifier();
  const state = randomState();
  sessionStorage.setItem(pendingKey, JSON.stringify({ verifier, state }));
  const address = buildAuthorizationUrl(configuration, {
    redirect_uri: location.origin + location.pathname,
    scope: settings.scopes.join(' '),
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...settings.parameters,
  });
  location.assign(address);
}

/** When the provider has sent the person back: takes the code for a token, and the code out of the address. */
export async function finishSignIn(settings) {
  const here = new URL(location.href);
  const pending = JSON.parse(sessionStorage.getItem(pendingKey) ?? 'null');
  const isBack = here.searchParams.has('code') || here.searchParams.has('error');
  if (!isBack || !pending) return;
  sessionStorage.removeItem(pendingKey);
  history.replaceState(null, '', here.pathname);
  const tokens = await authorizationCodeGrant(await discover(settings), here, {
    pkceCodeVerifier: pending.verifier,
    expectedState: pending.state,
  });
  const { sub, preferred_username: username, name, email } = tokens.claims() ?? {};
  const session = {
    token: tokens.access_token,
    name: username ?? name ?? email ?? sub ?? 'signed in',
    expiresAt: Date.now() + (tokens.expires_in ?? 300) * 1000,
  };
  sessionStorage.setItem(sessionKey, JSON.stringify(session));
}

function discover({ issuer, clientId }) {
  const execute = new URL(issuer).protocol === 'http:' ? [allowInsecureRequests] : [];
  return discovery(new URL(issuer), clientId, undefined, None(), { execute });
}
