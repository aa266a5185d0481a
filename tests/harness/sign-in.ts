import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  None,
  randomPKCECodeVerifier,
  randomState,
  type Configuration,
  type TokenEndpointResponse,
} from 'openid-client';
import { explorerClientId } from '@trellis/launch/identity-clients';

/** A sign-in that has come back with a code. */
export interface SignedIn {
  readonly configuration: Configuration;
  /** Where the browser was sent at the end, with the code in it. */
  readonly callback: URL;
  readonly verifier: string;
  readonly state: string;
}

export interface SignInOptions {
  readonly username: string;
  /** The gateway's page that asks. */
  readonly redirectUri: string;
  readonly scope?: string;
}

/** Goes through the provider's pages as a browser does: the person chooses `username` on the sign-in page. */
export async function signIn(provider: string, options: SignInOptions): Promise<SignedIn> {
  const configuration = await discovery(new URL(provider), explorerClientId, undefined, None(), {
    execute: [allowInsecureRequests],
  });
  const verifier = randomPKCECodeVerifier();
  const state = randomState();
  const start = buildAuthorizationUrl(configuration, {
    redirect_uri: options.redirectUri,
    scope: options.scope ?? 'openid profile',
    state,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const browser = createCookieClient();
  const page = await browser.follow(start, options.redirectUri);
  const callback = await browser.follow(page, options.redirectUri, `user=${options.username}`);
  return { configuration, callback, verifier, state };
}

/** Opens an address that asks to sign in, chooses `username`, and follows to the end. @returns the page there */
export async function followSignIn(address: string, username: string): Promise<string> {
  const browser = createCookieClient();
  const start = new URL(address);
  const end = start.searchParams.get('redirect_uri') ?? '';
  const page = await browser.follow(start, end);
  const callback = await browser.follow(page, end, `user=${username}`);
  return (await fetch(callback)).text();
}

/** Exchanges the code for tokens. */
export function redeem(
  { configuration, callback, state, verifier }: SignedIn,
  changed: { readonly verifier?: string } = {},
): Promise<TokenEndpointResponse> {
  return authorizationCodeGrant(configuration, callback, {
    pkceCodeVerifier: changed.verifier ?? verifier,
    expectedState: state,
  });
}

interface CookieClient {
  /** @returns the first address that is a page, or lies at `end`, which is not opened */
  follow(address: URL, end: string, form?: string): Promise<URL>;
}

function createCookieClient(): CookieClient {
  const cookies = new Map<string, string>();
  return {
    async follow(address, end, form) {
      let at = address;
      let body = form;
      for (let step = 0; step < 10; step += 1) {
        const response = await fetch(at, {
          method: body === undefined ? 'GET' : 'POST',
          ...(body === undefined ? {} : { body }),
          redirect: 'manual',
          headers: {
            cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
            ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          },
        });
        for (const line of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          cookies.set(name, value);
        }
        const location = response.headers.get('location');
        if (location === null) {
          if (!response.ok) throw new Error(`${at.href}: ${await response.text()}`);
          return at;
        }
        at = new URL(location, at);
        body = undefined;
        if (at.href.startsWith(end)) return at;
      }
      throw new Error('too many redirects');
    },
  };
}
