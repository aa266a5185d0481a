import { afterEach, describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import { readState } from '../state.ts';
import { createCurrentSupergraph, type CurrentSupergraph } from './current.ts';
import type { SupergraphListener } from './source.ts';

/** A supergraph here is a word; `bad…` ones are invalid, and builds end when the test says so. */
function createFixture(first: { load?: () => Promise<string>; lastGood?: string } = {}) {
  let listener: SupergraphListener | undefined;
  const waiting: (() => void)[] = [];
  const built: string[] = [];
  const current = createCurrentSupergraph<string>({
    source: {
      description: 'a test',
      load: first.load ?? (async () => 'first'),
      watch(given) {
        listener = given;
        return () => (listener = undefined);
      },
    },
    async build(sdl) {
      if (sdl !== 'first' && built.length > 0)
        await new Promise<void>((resolve) => waiting.push(resolve));
      if (sdl.startsWith('bad')) throw new Error('it is bad');
      built.push(sdl);
      return sdl;
    },
    describe: (served) => ({ served }),
    lastGood: { load: async () => first.lastGood, save: async () => undefined },
    log: createLog('test', { LOG_LEVEL: 'silent' }),
  });
  return {
    current,
    built,
    publish: (sdl: string) => listener?.onChange(sdl),
    fail: () => listener?.onProblem(new Error('down')),
    stayUnchanged: () => listener?.onUnchanged?.(),
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

  test('goes back to the one before when it is rolled back, and takes the one after', async () => {
    const fixture = createFixture();
    ({ current } = fixture);
    await current.start();
    const seen: string[] = [];
    current.onSwap((served, cause) => seen.push(`${served} ${cause}`));
    fixture.publish('second');
    await fixture.finishBuild();
    current.rollBack('it was bad');
    expect(current.get()).toBe('first');
    expect(readState()).toMatchObject({ supergraphRollbacksTotal: 1, supergraphIsStale: 1 });
    current.rollBack('there is nothing to go back to');
    expect(current.get()).toBe('first');
    fixture.publish('third');
    await fixture.finishBuild();
    expect(seen).toEqual(['second newer', 'first rollback', 'third newer']);
    expect(readState().supergraphIsStale).toBe(0);
  });

  test('is not rolled back once it is settled', async () => {
    const fixture = createFixture();
    ({ current } = fixture);
    await current.start();
    fixture.publish('second');
    await fixture.finishBuild();
    current.settle();
    current.rollBack('too late');
    expect(current.get()).toBe('second');
  });

  test('comes from disk when the source fails, and is replaced when the source is back', async () => {
    for (const load of [() => Promise.reject(new Error('down')), async () => 'bad']) {
      const fixture = createFixture({ load, lastGood: 'kept' });
      await fixture.current.start();
      expect(fixture.current.get()).toBe('kept');
      expect(readState().supergraphIsStale).toBe(1);
      fixture.publish('newer');
      await fixture.finishBuild();
      expect(fixture.current.get()).toBe('newer');
      expect(readState().supergraphIsStale).toBe(0);
      fixture.current.stop();
    }
  });

  test('is missing when the source fails and what is on disk is no good either', async () => {
    const load = (): Promise<string> => Promise.reject(new Error('the source is down'));
    for (const lastGood of [undefined, 'bad']) {
      ({ current } = createFixture({ load, ...(lastGood ? { lastGood } : {}) }));
      await expect(current.start()).rejects.toThrow('the source is down');
      current.stop();
    }
  });

  test('counts as stale while the source cannot be read', async () => {
    const fixture = createFixture();
    ({ current } = fixture);
    await current.start();
    fixture.fail();
    expect(readState().supergraphIsStale).toBe(1);
    fixture.stayUnchanged();
    expect(readState().supergraphIsStale).toBe(0);
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
