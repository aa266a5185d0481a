import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLimitControl, type LimitControl } from './adjust-limit.ts';

const bounds = {
  maxRequests: 1_000,
  minRequests: 64,
  maxEventLoopDelayMs: 100,
  maxMemoryShare: 0.9,
};
const calm = { delayMs: 0, memoryShare: 0.2, underWay: 10 };
const late = { delayMs: 150, memoryShare: 0.2, underWay: 500 };
const full = { delayMs: 0, memoryShare: 0.95, underWay: 500 };

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

  test('falls at once when memory runs out', () => {
    expect(createLimitControl(bounds).adjust(full)).toBe(250);
  });

  test('is back within two seconds', () => {
    const control = createLimitControl(bounds);
    for (let step = 0; step < 20; step += 1) control.adjust(late);
    expect(control.adjust(late)).toBe(64);
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
      delayMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
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
