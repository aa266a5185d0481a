import { describe, expect, test } from '@jest/globals';
import type { FetchContext } from '../fetch-context.ts';
import type { Instance } from '../instance.ts';
import { balance } from './balance.ts';

function createContext(lastInstance?: Instance): FetchContext {
  return { lastInstance } as FetchContext;
}

describe('balancing', () => {
  function instance(pending: number, weight = 1, priority = 0): Instance {
    const state = { failuresInRow: 0, ejectedUntilMs: 0, heldUntilMs: 0 };
    return { pending, weight, priority, ...state } as Instance;
  }

  test('chooses the instance with the fewest fetches under way', () => {
    const instances = [instance(3), instance(1), instance(2)];
    expect(balance(() => instances).pick(createContext())).toBe(instances[1]);
  });

  test('leaves an instance out after three failures in a row, for five seconds', () => {
    const clock = { nowMs: 0 };
    const instances = [instance(0), instance(9)] as const;
    const picker = balance(
      () => instances,
      () => clock.nowMs,
    );
    for (let time = 0; time < 3; time += 1) picker.report(instances[0], false);
    expect(picker.pick(createContext())).toBe(instances[1]);
    clock.nowMs += 5_001;
    expect(picker.pick(createContext())).toBe(instances[0]);
  });

  test('asks all in turn when all are ejected', () => {
    const instances = [instance(0), instance(0), instance(0)];
    const picker = balance(() => instances);
    for (const each of instances) for (let n = 0; n < 3; n += 1) picker.report(each, false);
    const picked = new Set(Array.from({ length: 3 }, () => picker.pick(createContext())));
    expect(picked.size).toBe(3);
  });

  test('asks an ejected instance rather than nobody', () => {
    const instances = [instance(0), instance(0)];
    const picker = balance(() => instances);
    for (const each of instances) for (let n = 0; n < 3; n += 1) picker.report(each, false);
    expect(picker.pick(createContext())).toBeDefined();
  });

  test('sends a repeated try elsewhere', () => {
    const instances = [instance(0), instance(5)];
    expect(balance(() => instances).pick(createContext(instances[0]))).toBe(instances[1]);
  });

  test('asks a spare only while none of the better ones is well, and repeated tries at once', () => {
    const clock = { nowMs: 0 };
    const [one, two, spare] = [instance(0), instance(0), instance(0, 1, 5)] as const;
    const picker = balance(
      () => [spare, one, two],
      () => clock.nowMs,
    );
    for (let round = 0; round < 20; round += 1)
      expect(picker.pick(createContext())).not.toBe(spare);
    picker.report(one, false);
    picker.report(two, false);
    expect(picker.pick(createContext())).not.toBe(spare);
    expect(picker.pick(createContext(two))).toBe(spare);
    for (const each of [one, two]) for (let n = 0; n < 2; n += 1) picker.report(each, false);
    expect(picker.pick(createContext())).toBe(spare);
    clock.nowMs += 5_001;
    expect(picker.pick(createContext())).not.toBe(spare);
  });

  test('leaves an instance alone that asked for it, also when its fetch failed elsewhere', () => {
    const clock = { nowMs: 1 };
    const instances = [instance(0), instance(9)] as const;
    const picker = balance(
      () => instances,
      () => clock.nowMs,
    );
    expect(picker.hold(instances[0], 1_000)).toBe(true);
    expect(picker.pick(createContext(instances[1]))).toBe(instances[1]);
    expect(picker.hold(instances[1], 500)).toBe(false);
    // Nobody is willing: the one that will be first.
    expect(picker.pick(createContext())).toBe(instances[1]);
    clock.nowMs += 1_001;
    expect(picker.pick(createContext())).toBe(instances[0]);
  });

  test('gives instances without load the share of their weights', () => {
    const instances = [instance(0, 3), instance(0, 1), instance(0, 0)];
    const picker = balance(() => instances);
    const shares = new Map<Instance | undefined, number>();
    for (let round = 0; round < 4_000; round += 1) {
      const picked = picker.pick(createContext());
      shares.set(picked, (shares.get(picked) ?? 0) + 1);
    }
    expect(shares.get(instances[2])).toBeUndefined();
    // 3,000 are expected; nine standard deviations are 250.
    expect(Math.abs((shares.get(instances[0]) ?? 0) - 3_000)).toBeLessThan(250);
  });

  test('sends a heavy instance more under load, but not without end', () => {
    const instances = [instance(0, 3), instance(0, 1)] as const;
    const picker = balance(() => instances);
    for (let round = 0; round < 400; round += 1) {
      const picked = picker.pick(createContext());
      if (picked) picked.pending += 1;
    }
    expect(Math.abs(instances[0].pending - 300)).toBeLessThan(30);
  });
});
