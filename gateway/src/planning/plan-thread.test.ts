import { afterEach, describe, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { createLocalGraph } from '../execution/testing/local-graph.ts';
import { shop } from '../execution/testing/shop.ts';
import { createPlanThread } from './plan-thread.ts';

/** Node tells of every thread that is made. */
const started: Worker[] = [];
const note = (message: unknown): void => {
  started.push((message as { readonly worker: Worker }).worker);
};
subscribe('worker_threads', note);

afterEach(() => {
  unsubscribe('worker_threads', note);
});

describe('the planning thread', () => {
  test('ends when it has had nothing to do for a while, and is there again when needed', async () => {
    const { sdl } = createLocalGraph(shop);
    const request = { operations: ['{ reviews { author { name } } }'], overrides: [] };
    const thread = createPlanThread(sdl, { timeoutMs: 60_000, idleMs: 1 });
    if (!thread) throw new Error('The script of the thread is missing: run npm run build first');
    const first = await thread.plan(request);
    const [idle] = started;
    if (!idle) throw new Error('No thread was started');
    await once(idle, 'exit');
    expect(await thread.plan(request)).toEqual(first);
    expect(started).toHaveLength(2);
    await thread.close();
  });
});
