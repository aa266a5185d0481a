import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { graphResource, scopesByRole } from './clients.ts';
import { findShopUser, type ShopUser } from './sample-users.ts';
import { renderSignInPage } from './sign-in-page.ts';

/** A username, encoded, and nothing else. */
const maxFormBytes = 1_000;

/**
 * Answers `/sign-in/<id>`: GET shows who there is, POST signs one of them in. Whoever the id belongs to is told by the
 * cookie that the provider has set, and by nothing in the request.
 * @throws what oidc-provider throws when that cookie is missing or old
 */
export async function answerSignIn(
  request: IncomingMessage,
  response: ServerResponse,
  provider: Provider,
): Promise<void> {
  const { uid, params } = await provider.interactionDetails(request, response);
  const client = await provider.Client.find(String(params['client_id']));
  const page = { action: `/sign-in/${uid}`, clientName: client?.clientName ?? 'Something' };
  if (request.method !== 'POST') {
    writePage(response, 200, renderSignInPage(page));
    return;
  }
  const wanted = (await readForm(request)).get('user') ?? '';
  const user = findShopUser(wanted);
  if (!user) {
    const problem = `The shop has no user "${wanted.slice(0, 60)}".`;
    writePage(response, 422, renderSignInPage({ ...page, problem }));
    return;
  }
  const grantId = await grant(provider, user, params);
  await provider.interactionFinished(request, response, {
    login: { accountId: user.id },
    consent: { grantId },
  });
}

/** Gives the client what it asked for, as far as the user's role has it. */
async function grant(
  provider: Provider,
  user: ShopUser,
  { client_id: clientId, scope }: Readonly<Record<string, unknown>>,
): Promise<string> {
  const asked = typeof scope === 'string' ? scope.split(' ') : [];
  const allowed: readonly string[] = scopesByRole[user.role];
  const given = new provider.Grant({ accountId: user.id, clientId: String(clientId) });
  given.addOIDCScope('openid profile');
  given.addResourceScope(graphResource, asked.filter((name) => allowed.includes(name)).join(' '));
  // What is refused must be named, or the provider would ask again.
  given.rejectResourceScope(
    graphResource,
    asked.filter((name) => !allowed.includes(name)).join(' '),
  );
  return given.save();
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    text += (chunk as Buffer).toString();
    if (text.length > maxFormBytes) break;
  }
  return new URLSearchParams(text.slice(0, maxFormBytes));
}

function writePage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(html);
}
