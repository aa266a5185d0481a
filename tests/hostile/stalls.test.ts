import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { post } from './ask.ts';
import { bodyOf } from './body-of.ts';
import { fanOut } from './bombs.ts';
import { hostileDocuments } from './documents.ts';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts';
import { times, type HostileDocument } from './hostile-document.ts';
import { startHostileSubgraphs, type HostileSubgraphs } from './hostile-graph.ts';
import { measureSlowness } from './machine-speed.ts';

/** No operation may keep another client waiting for longer, on the machine of the figures. */
const maxBlockMs = 100;
/**
 * A collection of garbage may fall into any operation. What an operation itself does it does every time: the best of a
 * few tries is compared.
 */
const maxTries = 10;

const ofEach = (text: (type: string) => string): string =>
  ['Product', 'Film', 'Book', 'Person'].map((type) => `... on ${type} { ${text(type)} }`).join(' ');

/** The largest that the limits let through: they are parsed, validated, planned and run. */
const largest: readonly HostileDocument[] = [
  {
    name: 'a field as often as may be',
    query: `{ me { ${'id '.repeat(310)} } }`,
    verdict: 'data',
  },
  {
    name: 'as many roots, aliases and entities as may be',
    query: `{ ${times(25, (at) => `a${at}: node(id: "${at}") { id ... on Person { name reviews { text product { id name price stock } author { id name } } } }`)} }`,
    verdict: 'data',
  },
  { name: 'all types at three levels', query: fanOut(3), verdict: 'data' },
  {
    name: 'all types at three levels with fragments for each',
    query: `{ nodes { ...A } } ${times(3, (at) => {
      const name = 'ABC'[at] ?? '';
      const next = 'ABCD'[at + 1] ?? '';
      return `fragment ${name} on Node { ${ofEach(() => `name related { ...${next} }`)} }`;
    })} fragment D on Node { id name }`,
    verdict: 'data',
  },
  {
    name: 'as many conditions as may be',
    query: `query (${times(45, (at) => `$b${at}: Boolean = true`)}) { products { ${times(45, (at) => `${['id', 'name', 'price', 'stock'][at % 4] ?? ''} @include(if: $b${at})`)} } }`,
    verdict: 'data',
  },
  {
    name: 'a field with arguments of 30 KB as often as may be',
    query: `{ ${times(28, () => `echo(value: "${'y'.repeat(30_000)}")`)} }`,
    verdict: 'data',
  },
  {
    name: 'a list of 9,900 numbers',
    query: `{ echo(value: [${times(9_900, String)}]) }`,
    verdict: 'data',
  },
  {
    name: '900 KB of commas and comments',
    query: `{ me { id ${','.repeat(300_000)} ${'\n#'.repeat(300_000)}\n } }`,
    verdict: 'data',
  },
  {
    name: 'a string of 130,000 escapes',
    query: `{ echo(value: "${'\\u0041'.repeat(130_000)}") }`,
    verdict: 'data',
  },
  {
    name: 'a block string of 200,000 lines',
    query: `{ echo(value: """${'\n  a'.repeat(200_000)}""") }`,
    verdict: 'data',
  },
];

/** Apollo Server parses and validates what we let through once more, and writes answers once more as well. */
const fromApollo = /^C1[1-8] /;

describe.each(['trellis', 'apollo'] as const)('another client, with server: %s,', (server) => {
  let subgraphs: HostileSubgraphs;
  let gateway: GatewayProcess;
  let allowedMs = maxBlockMs;
  beforeAll(async () => {
    allowedMs = maxBlockMs * measureSlowness();
    // Costs are another matter: here everything that is small enough is run.
    subgraphs = await startHostileSubgraphs({
      server,
      operation: { cost: { maxCost: 1_000_000_000_000 } },
    });
    gateway = await startGatewayProcess(subgraphs);
    // Code that has never run is slow whoever asks first.
    await post(gateway.url, { query: '{ me { id } }' });
  });
  afterAll(async () => {
    await gateway.stop();
    await subgraphs.stop();
  });

  /** Each try is another operation: nothing is known of it from the one before. */
  async function blockOf(document: HostileDocument, attempt: number): Promise<number> {
    const body = bodyOf({ ...document, query: `${document.query} # ${attempt}` });
    await gateway.takeBlock();
    await post(gateway.url, body);
    return (await gateway.takeBlock()).cpuMs;
  }

  const listed = hostileDocuments.filter(
    ({ name }) => server === 'trellis' || fromApollo.test(name),
  );
  const all = [...largest, ...listed];
  test.each(all.map((document) => [document.name, document] as const))(
    'waits for no more than 100 ms because of %s',
    async (_name, document) => {
      let best = Infinity;
      for (let attempt = 0; attempt < maxTries && best > allowedMs; attempt += 1) {
        best = Math.min(best, await blockOf(document, attempt));
      }
      expect(best).toBeLessThanOrEqual(allowedMs);
    },
  );
});
