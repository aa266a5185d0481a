import { describe, expect, test } from '@jest/globals';
import { readSampler } from './read-sampler.ts';

describe('the sampler of traces', () => {
  test.each([
    [{}, undefined, { ratio: 1, followsParent: true }],
    [{}, 0.01, { ratio: 0.01, followsParent: true }],
    [{ OTEL_TRACES_SAMPLER_ARG: '0.5' }, 0.01, { ratio: 0.5, followsParent: true }],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, 0.01, { ratio: 1, followsParent: true }],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, 1, { ratio: 0, followsParent: false }],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
      1,
      { ratio: 0, followsParent: false },
    ],
    [
      { OTEL_TRACES_SAMPLER: '', OTEL_TRACES_SAMPLER_ARG: '' },
      0.2,
      { ratio: 0.2, followsParent: true },
    ],
  ])('of %j and the setting %p is %j', (env, ratio, sampler) => {
    expect(readSampler(env, ratio)).toEqual(sampler);
  });

  test.each(['-1', '1.1', 'half', 'NaN'])('refuses the ratio %s', (given) => {
    expect(() => readSampler({ OTEL_TRACES_SAMPLER_ARG: given })).toThrow(
      `OTEL_TRACES_SAMPLER_ARG is "${given}", not a number from 0 to 1`,
    );
  });

  test('names the samplers there are when it does not know one', () => {
    expect(() => readSampler({ OTEL_TRACES_SAMPLER: 'sometimes' })).toThrow(
      'OTEL_TRACES_SAMPLER is "sometimes"; known are always_on, ',
    );
  });
});
