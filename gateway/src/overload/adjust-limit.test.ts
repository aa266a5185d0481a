import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLimitControl, type LimitControl } from './adjust-limit.ts';

const bounds = {
  maxRequests: 1_000,
  busyRequests: 256,
  minRequests: 64,
  maxEventLoopDelayMs: 100,
  maxMemoryShare: 0.9,
};
const calm = { elapsedMs: 50, delayMs: 0, waitMs: 20, memoryShare: 0.2, underWay: 10 };
/** A step in which the event loop was late, and requests are answered soon all the same. */
const late = { elapsedMs: 200, delayMs: 150, waitMs: 300, memoryShare: 0.2, underWay: 500 };
const harmful = { ...late, waitMs: 1_500 };
const full = { ...calm, memoryShare: 0.95, underWay: 500 };

function stepsUntil(control: LimitControl, limit: number): number {
  for (let steps = 1; steps < 1_000; steps += 1) {
    if (control.adjust(calm) >= limit) return steps;
  }
  throw new Error('never');
}

describe('the limit of requests', () => {
  test('is the setting while all is well', () => {
    expect(createLimitControl(bounds).adjust(calm)).toBe(1_000);
  });

  test('stays after one late step, and falls below what is under way after two', () => {
    const control = createLimitControl(bounds);
    expect(control.adjust(late)).toBe(1_000);
    expect(control.adjust(late)).toBe(400);
    expect(control.adjust({ ...late, underWay: 390 })).toBe(312);
  });

  test('leaves alone however many busy connections share a core, as long as they are answered soon', () => {
    const control = createLimitControl(bounds);
    for (let step = 0; step < 200; step += 1) {
      expect(control.adjust({ ...late, underWay: 200 })).toBeGreaterThanOrEqual(256);
    }
    expect(control.reason()).toBe('eventLoop');
  });

  test('falls to the least when requests have taken too long for too long, and no further', () => {
    const control = createLimitControl(bounds);
    const limits = Array.from({ length: 40 }, (_each, step) =>
      control.adjust({ ...harmful, underWay: step < 4 ? 500 : 60 }),
    );
    expect(limits.slice(0, 5)).toEqual([1_000, 400, 320, 256, 64]);
    expect(limits.at(-1)).toBe(64);
  });

  test('is that of busy connections again when the event loop is late and they no longer take long', () => {
    const control = createLimitControl(bounds);
    for (let step = 0; step < 20; step += 1) control.adjust(harmful);
    for (let step = 0; step < 40; step += 1) control.adjust({ ...late, underWay: 200 });
    expect(control.adjust({ ...late, underWay: 200 })).toBe(256);
  });

  test('falls at once when memory runs out', () => {
    expect(createLimitControl(bounds).adjust(full)).toBe(250);
  });

  test('is back within two seconds', () => {
    const control = createLimitControl(bounds);
    for (let step = 0; step < 20; step += 1) control.adjust(harmful);
    expect(control.adjust({ ...harmful, underWay: 64 })).toBe(64);
    expect(stepsUntil(control, 1_000) * 50).toBeLessThan(2_000);
  });

  test('is not moved by what is not looked at', () => {
    const control = createLimitControl({ ...bounds, maxEventLoopDelayMs: 0, maxMemoryShare: 0 });
    for (let step = 0; step < 5; step += 1) {
      expect(control.adjust({ ...late, memoryShare: 1 })).toBe(1_000);
    }
  });

  test('never leaves its bounds, whatever is seen', () => {
    const sample = fc.record({
      elapsedMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
      delayMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
      waitMs: fc.double({ min: 0, max: Infinity, noNaN: true }),
      memoryShare: fc.double({ min: 0, max: 1, noNaN: true }),
      underWay: fc.nat(5_000),
    });
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 200 }),
        fc.integer({ min: 1, max: 2_000 }),
        (samples, maxRequests) => {
          const control = createLimitControl({ ...bounds, maxRequests });
          for (const each of samples) {
            const limit = control.adjust(each);
            expect(limit).toBeLessThanOrEqual(maxRequests);
            expect(limit).toBeGreaterThanOrEqual(Math.min(64, maxRequests));
          }
        },
      ),
    );
  });
});
