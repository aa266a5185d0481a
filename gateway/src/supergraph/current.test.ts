import { afterEach, describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import { createCurrentSupergraph, type CurrentSupergraph } from './current.ts';
import type { SupergraphListener } from './source.ts';

/** A supergraph here is a word; `bad…` ones are invalid, and builds end when the test says so. */
function createFixture() {
  let listener: SupergraphListener | undefined;
  const waiting: (() => void)[] = [];
  const built: string[] = [];
  const current = createCurrentSupergraph<string>({
    source: {
      description: 'a test',
      load: async () => 'first',
      watch(given) {
        listener = given;
        return () => (listener = undefined);
      },
    },
    async build(sdl) {
      if (sdl !== 'first') await new Promise<void>((resolve) => waiting.push(resolve));
      if (sdl.startsWith('bad')) throw new Error('it is bad');
      built.push(sdl);
      return sdl;
    },
    describe: (served) => ({ served }),
    log: createLog('test', { LOG_LEVEL: 'silent' }),
  });
  return {
    current,
    built,
    publish: (sdl: string) => listener?.onChange(sdl),
    isWatching: () => listener !== undefined,
    async finishBuild() {
      await settle();
      waiting.shift()?.();
      await settle();
    },
  };
}

/** Lets everything that waits for nothing else run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe('the current supergraph', () => {
  let current: CurrentSupergraph<string>;
  afterEach(() => current.stop());

  test('is served from its start and not before', async () => {
    const fixture = createFixture();
    ({ current } = fixture);
    expect(current.isServing()).toBe(false);
    expect(() => current.get()).toThrow('no supergraph is being served');
    await current.start();
    expect(current.isServing()).toBe(true);
    expect(current.get()).toBe('first');
  });

  test('stays while the next one is built, and is replaced whole', async () => {
    const fixture = createFixture();
    ({ current } = fixture);
    await current.start();
    const seen: string[] = [];
    current.onSwap((served) => seen.push(served));
    fixture.publish('second');
    expect(current.get()).toBe('first');
    await fixture.finishBuild();
    expect(current.get()).toBe('second');
    expect(seen).toEqual(['second']);
  });

  test('stays when the next one is invalid, and takes the one after', async () => {
    const fixture = createFixture();
    ({ current } = fixture);
    await current.start();
    fixture.publish('bad');
    await fixture.finishBuild();
    expect(current.get()).toBe('first');
    fixture.publish('third');
    await fixture.finishBuild();
    expect(current.get()).toBe('third');
  });

  test('builds only the newest of the versions that arrive during a build', async () => {
    const fixture = createFixture();
    ({ current } = fixture);
    await current.start();
    for (const sdl of ['second', 'third', 'fourth', 'fifth']) fixture.publish(sdl);
    await fixture.finishBuild();
    await fixture.finishBuild();
    expect(fixture.built).toEqual(['first', 'second', 'fifth']);
    expect(current.get()).toBe('fifth');
  });

  test('swaps although a listener fails', async () => {
    const fixture = createFixture();
    ({ current } = fixture);
    await current.start();
    current.onSwap(() => {
      throw new Error('a listener failed');
    });
    fixture.publish('second');
    await fixture.finishBuild();
    expect(current.get()).toBe('second');
  });

  test('is no longer watched after the stop', async () => {
    const fixture = createFixture();
    ({ current } = fixture);
    await current.start();
    current.stop();
    expect(fixture.isWatching()).toBe(false);
    expect(current.get()).toBe('first');
  });

  test('says in one line why the first one is invalid', async () => {
    current = createCurrentSupergraph<string>({
      source: { description: 'x.graphql', load: async () => 'text', watch: () => () => undefined },
      build: () => {
        throw Object.assign(new Error('two problems'), {
          causes: [new Error('one\n  thing'), new Error('another')],
        });
      },
      describe: () => ({}),
      log: createLog('test', { LOG_LEVEL: 'silent' }),
    });
    await expect(current.start()).rejects.toThrow(
      'The supergraph x.graphql is invalid: one thing; another',
    );
  });
});
