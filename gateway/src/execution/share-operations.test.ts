import { describe, expect, test } from '@jest/globals';
import { createLocalGraph, makeContext, userIdentity } from './testing/local-graph.ts';
import { shop } from './testing/shop.ts';

describe('sharing equal operations in flight', () => {
  test('callers who ask the same at the same time share one execution', async () => {
    const graph = createLocalGraph(shop);
    const answers = await Promise.all([
      graph.run('{ me { name } }'),
      graph.run('{ me { name } }'),
      graph.run('{ me { name } }'),
    ]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(graph.requests).toHaveLength(1);
    await graph.run('{ me { name } }');
    expect(graph.requests).toHaveLength(2);
  });

  test('different variables, headers or identities never share', async () => {
    const graph = createLocalGraph(shop);
    const query = 'query ($id: ID!) { user(id: $id) { name } }';
    await Promise.all([
      graph.run(query, { variables: { id: '1' } }),
      graph.run(query, { variables: { id: '2' } }),
      graph.run(query, {
        variables: { id: '1' },
        context: { headers: { 'accept-language': 'de' } },
      }),
      graph.run(query, { variables: { id: '1' }, context: { identity: userIdentity('ada') } }),
    ]);
    expect(graph.requests).toHaveLength(4);
  });

  test('mutations never share', async () => {
    const graph = createLocalGraph(shop);
    const mutation = 'mutation { rename(id: "1", name: "x") { name } }';
    await Promise.all([graph.run(mutation), graph.run(mutation)]);
    expect(graph.requests).toHaveLength(2);
  });

  test('can be switched off', async () => {
    const graph = createLocalGraph(shop, { shareOperations: false });
    await Promise.all([graph.run('{ me { name } }'), graph.run('{ me { name } }')]);
    expect(graph.requests).toHaveLength(2);
  });

  test('when the first caller leaves, the others still get an answer', async () => {
    const graph = createLocalGraph(shop);
    const leaving = new AbortController();
    const context = makeContext({ signal: leaving.signal });
    graph.intercept = (_request, next, { signal }) =>
      signal === leaving.signal
        ? new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('gone')));
          })
        : next();
    const first = graph.run('{ me { name } }', { context });
    const others = [graph.run('{ me { name } }'), graph.run('{ me { name } }')];
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    expect(await Promise.all(others)).toEqual([
      { data: { me: { name: 'Ada' } } },
      { data: { me: { name: 'Ada' } } },
    ]);
    expect((await first).errors).toHaveLength(1);
    expect(graph.requests).toHaveLength(2);
  });

  test('a caller with less time than the first is refused at its own deadline', async () => {
    const graph = createLocalGraph(shop);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    graph.intercept = async (_request, next) => {
      await released;
      return next();
    };
    const patient = graph.run('{ me { name } }');
    const hurried = graph.run('{ me { name } }', {
      context: { deadline: { remainingMs: () => 5 } },
    });
    await expect(hurried).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    release();
    expect((await patient).data).toEqual({ me: { name: 'Ada' } });
  });
});
