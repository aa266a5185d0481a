import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import { makeWireKey } from '@trellis/platform/wire-keys';
import {
  buildClientSchema,
  getIntrospectionQuery,
  printSchema,
  type IntrospectionQuery,
} from 'graphql';
import { signDevelopmentToken } from '../authentication/development-tokens.ts';
import {
  startTestGateway,
  type TestGateway,
  type TestResponse,
} from '../testing/start-test-gateway.ts';
import {
  composeTestSupergraph,
  startTestSubgraph,
  type TestSubgraph,
} from '../testing/test-subgraphs.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@key"])`;
const secret = 'a secret of thirty-two characters or more';
const permissions = fileURLToPath(new URL('testing/people-permissions.ts', import.meta.url));
const executed: string[] = [];

const person = (id: string): object => ({
  __typename: 'Person',
  id,
  name: `name of ${id}`,
  email: `CANARY-email-${id}`,
  salary: 7,
});

const people = {
  name: 'people',
  sdl: `${link}
    type Query { people: [Person!]!  audit: Audit }
    type Mutation { erase: Boolean  greet: String }
    "What happened."
    type Audit { entries: [Entry!] kind: Kind }
    type Entry { secretOf: Person }
    enum Kind { HIDDEN_KIND }
    type Person @key(fields: "id") { id: ID!  name: String  email: String  salary: Int }`,
  resolvers: {
    Query: {
      people: () => [person('anna'), person('bert')],
      audit: () => ({ kind: 'HIDDEN_KIND' }),
    },
    Mutation: {
      erase: () => {
        executed.push('erase');
        return true;
      },
      greet: () => {
        executed.push('greet');
        return 'hello';
      },
    },
    Person: { __resolveReference: ({ id }: { id: string }) => person(id) },
  },
};

const files = {
  name: 'files',
  sdl: `${link}
    type File { text: String }
    type Person @key(fields: "id") { id: ID!  file: File }`,
  resolvers: {
    Person: {
      __resolveReference: (reference: object) => reference,
      file: ({ id }: { id: string }) => ({ text: `CANARY-file-${id}` }),
    },
  },
};

const everything = '{ people { id name email salary file { text } } audit { kind } }';

describe('a gateway with rules', () => {
  let subgraphs: TestSubgraph[] = [];
  let sdl = '';
  let gateway: TestGateway;
  const lines: string[] = [];

  beforeAll(async () => {
    subgraphs = await Promise.all([startTestSubgraph(people), startTestSubgraph(files)]);
    sdl = composeTestSupergraph(subgraphs);
    gateway = await start('trellis');
  });

  afterAll(async () => {
    await gateway.stop();
    await Promise.all(subgraphs.map((subgraph) => subgraph.stop()));
  });

  beforeEach(() => {
    executed.length = 0;
    lines.length = 0;
  });

  function start(engine: 'trellis' | 'apollo'): Promise<TestGateway> {
    const log = createLog(
      'test',
      { LOG_LEVEL: 'trace' },
      { write: (line) => void lines.push(line) },
    );
    return startTestGateway(sdl, {
      log,
      env: { TRELLIS_WIRE_SECRET: secret },
      settings: {
        engine,
        authorization: { permissions },
        authentication: { developmentTokens: true },
      },
    });
  }

  async function ask(
    query: string,
    given: { subject?: string; roles?: string[]; gateway?: TestGateway; plan?: boolean } = {},
  ): Promise<TestResponse> {
    const { subject, roles = [], plan } = given;
    const headers: Record<string, string> = plan ? { 'trellis-query-plan': '1' } : {};
    if (subject) {
      const token = await signDevelopmentToken(makeWireKey(secret), { subject, roles });
      headers['authorization'] = `Bearer ${token}`;
    }
    return (given.gateway ?? gateway).ask({ query }, headers);
  }

  async function schemaFor(subject?: string, roles: string[] = []): Promise<string> {
    const { json } = await ask(getIntrospectionQuery(), { ...(subject ? { subject } : {}), roles });
    return printSchema(buildClientSchema(json?.data as unknown as IntrospectionQuery));
  }

  test('keeps canaries out of answers, log lines, plans and explanations', async () => {
    const { text, json } = await ask(everything, { subject: 'anna', plan: true });
    expect(json?.data?.['people']).toEqual([
      { id: 'anna', name: 'name of anna', email: 'CANARY-email-anna', salary: null, file: null },
      { id: 'bert', name: 'name of bert', email: null, salary: null, file: null },
    ]);
    expect(text.replace('CANARY-email-anna', '')).not.toContain('CANARY');
    expect(lines.join('')).not.toContain('CANARY');
    const told = subgraphs.flatMap(({ bodies }) => bodies).join();
    expect(told).not.toMatch(/salary|file|audit/);
  });

  test('explains which fields are removed, guarded and allowed, by which rule', async () => {
    const { json } = await ask(everything, { subject: 'anna', plan: true });
    const trellis = json?.extensions?.['trellis'] as { authorization: string } | undefined;
    expect(trellis?.authorization.split('\n').map((line) => line.trimEnd())).toEqual([
      'Asked by user anna; roles: none; scopes: none',
      'removed  Query.audit    isSupport (own)',
      '         isSupport: no',
      'removed  Person.file    isSupport (own)',
      '         isSupport: no',
      'removed  Person.salary  isSupport (own)',
      '         isSupport: no',
      'guarded  Person.email   or(isSupport, isSelf) (own)',
      '         isSupport: no',
      '         isSelf: of each object, by { id }',
      'allowed  Query.people   allow (own)',
      'allowed  Audit.kind     no rule',
      'allowed  File.text      no rule',
      'allowed  Person.id      no rule',
      'allowed  Person.name    no rule',
      '',
    ]);
  });

  test('shows by introspection what static rules allow, and no type that nothing leads to', async () => {
    const open = await schemaFor();
    expect(open).toContain('email: String');
    expect(open).not.toMatch(/audit|Audit|Entry|Kind|salary|file|File|erase|What happened/);
    expect(open).toContain('greet: String');
    const support = await schemaFor('eve', ['SUPPORT']);
    for (const text of ['audit: Audit', 'HIDDEN_KIND', 'file: File', 'erase: Boolean']) {
      expect(support).toContain(text);
    }
    // The same text, asked at the same time by both.
    const both = await Promise.all([schemaFor('eve', ['SUPPORT']), schemaFor()]);
    expect(both).toEqual([support, open]);
    const { json } = await ask('{ __type(name: "Audit") { name } }');
    expect(json?.data).toEqual({ __type: null });
  });

  test('suggests nothing that its caller may not see', async () => {
    const message = async (query: string, roles: string[] = []): Promise<string> =>
      (await ask(query, { subject: 'anna', roles })).json?.errors?.[0]?.message ?? '';
    expect(await message('{ people { salry } }')).toBe(
      'Cannot query field "salry" on type "Person".',
    );
    expect(await message('{ people { salry } }', ['SUPPORT'])).toContain('"salary"');
    expect(await message('{ people { nam } }')).toContain('Did you mean "name"');
    expect(await message('{ audi }')).not.toContain('Did you mean');
    // What is asked by its name is there, and forbidden.
    const { json } = await ask('{ people { salary } }', { subject: 'anna' });
    expect(json?.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
  });

  test('never runs a denied mutation, and runs its neighbour', async () => {
    const { json } = await ask('mutation { erase greet }', { subject: 'anna' });
    expect(json?.data).toEqual({ erase: null, greet: 'hello' });
    expect(executed).toEqual(['greet']);
  });

  test('judges the operation that is run, whichever it is and however it comes', async () => {
    const query = `query Open { people { name } } query Closed { people { id salary file { text } } }
      mutation Erase { erase }`;
    const token = await signDevelopmentToken(makeWireKey(secret), { subject: 'anna', roles: [] });
    const authorization = `Bearer ${token}`;
    const open = await gateway.ask({ query, operationName: 'Open' }, { authorization });
    expect(open.json?.errors).toBeUndefined();
    const closed = await gateway.ask({ query, operationName: 'Closed' }, { authorization });
    expect(closed.json?.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
    const address = `${gateway.url}/graphql?query=${encodeURIComponent(query)}&operationName=Closed`;
    const headers = { authorization, 'apollo-require-preflight': '1' };
    const got = await (await fetch(address, { headers })).text();
    expect(got).toContain('FORBIDDEN');
    for (const text of [closed.text, got]) expect(text).not.toMatch(/CANARY|:7/);
    await gateway.ask({ query, operationName: 'Erase' }, { authorization });
    expect(executed).toEqual([]);
  });

  test('refuses with stock Apollo as engine whatever would have to be taken out or judged', async () => {
    const stock = await start('apollo');
    const asked = async (query: string, roles: string[] = []): Promise<unknown> => {
      const { json } = await ask(query, { subject: 'anna', roles, gateway: stock });
      return json?.errors?.[0]?.extensions?.['code'] ?? json?.data;
    };
    try {
      expect(await asked('{ people { id salary } }')).toBe('FORBIDDEN');
      expect(await asked('{ people { id email } }')).toBe('FORBIDDEN');
      expect(await asked('mutation { greet erase }')).toBe('FORBIDDEN');
      expect(executed).toEqual([]);
      expect(await asked('{ people { name } }')).toEqual({
        people: [{ name: 'name of anna' }, { name: 'name of bert' }],
      });
      expect(await asked('{ people { salary } }', ['SUPPORT'])).toEqual({
        people: [{ salary: 7 }, { salary: 7 }],
      });
      expect(await asked('{ __type(name: "Audit") { name } }')).toEqual({ __type: null });
      expect(await asked('{ __typename __schema { queryType { name } } people { id } }')).toBe(
        'FORBIDDEN',
      );
    } finally {
      await stock.stop();
    }
  });
});
