import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

/** Recommendations we do not follow, with the reason (docs/decisions/0022-http-status.md). */
const choices: Readonly<Record<string, string>> = {
  '572B': 'a document that cannot be parsed is a 400',
  FDE2: 'a document that is not valid is a 400',
  '7B9B': 'variables that do not fit are a 400',
};

/** Four audits ask for a type, to see that variables arrive. Where that is not answered, a user does as well. */
function askUser(text: string): string {
  return text.replace('__type(name:', 'user(id:').replace('$name: String!', '$name: ID!');
}

describe.each([
  ['trellis', 'development'],
  ['trellis', 'production'],
  ['apollo', 'development'],
  ['apollo', 'production'],
] as const)('GraphQL over HTTP, server: %s, in %s', (server, mode) => {
  let gateway: TestGateway | undefined;
  let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>> | undefined;

  beforeAll(async () => {
    subgraphs = await startUsersAndReviews();
    gateway = await startTestGateway(subgraphs.sdl, {
      settings: { server, operation: { introspection: mode === 'development' } },
      env: { NODE_ENV: mode },
    });
  });
  afterAll(async () => {
    await gateway?.stop();
    await subgraphs?.stop();
  });

  const audits = serverAudits({
    url: () => `${gateway?.url ?? ''}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) => {
      // GET needs a header that foreign pages cannot send (docs/decisions/0026-get-and-csrf.md).
      const headers = {
        'apollo-require-preflight': 'true',
        ...(init.headers as Record<string, string>),
      };
      if (mode === 'development') return fetch(url, { ...init, headers });
      const { body } = init;
      const asked = typeof body === 'string' ? { body: askUser(body) } : {};
      const address = new URL(url);
      const query = address.searchParams.get('query');
      if (query) address.searchParams.set('query', askUser(query));
      return fetch(address, { ...init, headers, ...asked });
    },
  });

  test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))(
    '%s %s',
    async (id, _name, audit) => {
      const result = await audit.fn();
      if (id in choices) expect(result.status).not.toBe('ok');
      else expect(result).toMatchObject({ status: 'ok' });
    },
  );

  test('is audited in full', () => {
    expect(audits).toHaveLength(61);
  });
});
