import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startHostileGraph, type HostileGraph } from '../hostile-graph.ts';
import { Corpus } from './corpus.ts';
import { judgeAnswer } from './judge-answer.ts';
import { sendRaw } from './send-raw.ts';

const { entries } = Corpus.read(fileURLToPath(new URL('./corpus.json', import.meta.url)));

describe.each(['trellis', 'apollo'] as const)('what the fuzzer has kept, server: %s,', (server) => {
  let graph: HostileGraph;
  const agent = new Agent({ keepAlive: true });
  beforeAll(async () => {
    graph = await startHostileGraph({ settings: { server } });
  });
  afterAll(async () => {
    agent.destroy();
    await graph.stop();
  });

  test('is there', () => {
    expect(entries.length).toBeGreaterThan(30);
  });

  test.each(entries)('gets an answer that is well-formed: %s', async (_kind, request) => {
    const answer = await sendRaw(graph.url, request, { agent, timeoutMs: 10_000 });
    expect(answer && judgeAnswer(answer)).toBeUndefined();
  });
});
