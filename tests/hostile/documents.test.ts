import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { get, post, readVerdict, type HostileAnswer } from './ask.ts';
import { bodyOf } from './body-of.ts';
import { hostileDocuments } from './documents.ts';
import type { HostileDocument } from './hostile-document.ts';
import { startHostileGraph, type HostileGraph } from './hostile-graph.ts';

/** Longer than any answer should take, on a machine that is busy with other things. */
const maxMs = 20_000;
const servers = ['trellis', 'apollo'] as const;

describe.each(servers)('every document of the check lists, with server: %s', (server) => {
  let graph: HostileGraph;
  beforeAll(async () => {
    graph = await startHostileGraph({ settings: { server } });
  });
  afterAll(() => graph.stop());

  function expectVerdict(document: HostileDocument, answer: HostileAnswer): void {
    const { verdict, apolloVerdict = verdict } = document;
    const allowed = (server === 'apollo' ? apolloVerdict : verdict).split('|');
    const found = readVerdict(answer);
    expect(allowed).toContain(found);
    if (found !== 'data') expect(answer.status).toBe(400);
    expect(answer.elapsedMs).toBeLessThan(maxMs);
  }

  test.each(hostileDocuments.map((document) => [document.name, document] as const))(
    'is judged over POST: %s',
    async (_name, document) => {
      const answer = await post(graph.url, bodyOf(document));
      if (answer.status === 413) expect(document.verdict).toBe(readVerdict(answer));
      else expectVerdict(document, answer);
    },
  );

  test.each(hostileDocuments.map((document) => [document.name, document] as const))(
    'is judged over GET: %s',
    async (_name, document) => {
      const { query, operationName, variables, variablesText = variables } = document;
      const answer = await get(graph.url, { query, operationName, variables: variablesText });
      // Whatever does not fit into an address is refused for that.
      if (answer.status === 414 || answer.status === 431) {
        expect(['URL_TOO_LONG', 'HEADERS_TOO_LARGE', 'BAD_REQUEST']).toContain(readVerdict(answer));
      } else expectVerdict(document, answer);
    },
  );

  test('leaves a process that answers', async () => {
    const answer = await post(graph.url, { query: '{ me { name reviews { text } } }' });
    expect(JSON.parse(answer.text)).toEqual({
      data: { me: { name: 'Person 1', reviews: [{ text: 'Good' }] } },
    });
  });

  test('pollutes no prototype', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
