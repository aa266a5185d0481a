import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSampler } from './create-sampler.ts';
import { startTrace } from './trace-context.ts';

const traceIdWith = (random: string): string => `${'0'.repeat(18)}${random.padEnd(14, '0')}`;

describe('the sampler', () => {
  test.each([
    [0.01, 'fd70a3d70a3d', false],
    [0.01, 'fd70a3d70a3e', true],
    [0.5, '7fffffffffff', false],
    [0.5, '800000000000', true],
    [1, '000000000000', true],
    [0, 'ffffffffffff', false],
    [1e-20, 'ffffffffffff', false],
  ])('with ratio %p and the random digits %p says %p', (ratio, random, isSampled) => {
    const sample = createSampler({ ratio, followsParent: false });
    expect(sample(traceIdWith(random), undefined)).toBe(isSampled);
  });

  test('records with a higher ratio whatever it records with a lower one', () => {
    const ratio = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(ratio, ratio, (one, another) => {
        const { traceId } = startTrace();
        const [low, high] = [Math.min(one, another), Math.max(one, another)].map((each) =>
          createSampler({ ratio: each, followsParent: false })(traceId, undefined),
        );
        expect(low && !high).toBe(false);
      }),
    );
  });

  test('asks the trace id, not the caller, where callers are not followed', () => {
    const always = createSampler({ ratio: 1, followsParent: false });
    const never = createSampler({ ratio: 0, followsParent: false });
    expect(always(startTrace().traceId, false)).toBe(true);
    expect(never(startTrace().traceId, true)).toBe(false);
  });
});
