import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createManagerSource } from './manager-source.ts';

const getDataSource = (): never => {
  throw new Error('nobody asks a subgraph here');
};

describe('a supergraph manager', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('that could not start is started again by itself, until it has a supergraph', async () => {
    let tries = 0;
    const source = createManagerSource(async () => {
      tries += 1;
      if (tries < 3) throw new Error(`down ${tries}`);
      return { supergraphSdl: 'type Query { a: Int }' };
    }, getDataSource);
    await expect(source.load()).rejects.toThrow('down 1');
    const seen: string[] = [];
    const stop = source.watch({
      onChange: (sdl) => seen.push(sdl),
      onProblem: (error) => seen.push(error.message),
    });
    await jest.advanceTimersByTimeAsync(30_000);
    expect(seen).toEqual(['down 2', 'type Query { a: Int }']);
    stop();
  });

  test('is not asked again once it has started, and its later versions are told', async () => {
    let tries = 0;
    let update: (sdl: string) => void = () => undefined;
    const source = createManagerSource(async (options) => {
      tries += 1;
      update = options.update;
      return { supergraphSdl: 'first' };
    }, getDataSource);
    expect(await source.load()).toBe('first');
    update('early');
    const seen: string[] = [];
    const stop = source.watch({ onChange: (sdl) => seen.push(sdl), onProblem: () => undefined });
    update('second');
    await jest.advanceTimersByTimeAsync(30_000);
    stop();
    update('after the end');
    expect([tries, seen]).toEqual([1, ['early', 'second']]);
  });
});
