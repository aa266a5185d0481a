/** Which traces are recorded. */
export interface SamplerSettings {
  /** Part of the traces that begin here, 0 to 1. */
  readonly ratio: number;
  /** Whether the caller's decision counts where there is one. */
  readonly followsParent: boolean;
}

const samplers: Readonly<Record<string, (ratio: number) => SamplerSettings>> = {
  always_on: () => ({ ratio: 1, followsParent: false }),
  always_off: () => ({ ratio: 0, followsParent: false }),
  traceidratio: (ratio) => ({ ratio, followsParent: false }),
  parentbased_always_on: () => ({ ratio: 1, followsParent: true }),
  parentbased_always_off: () => ({ ratio: 0, followsParent: true }),
  parentbased_traceidratio: (ratio) => ({ ratio, followsParent: true }),
};

/**
 * Reads `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`; without them the given ratio counts, under the caller's
 * decision.
 * @throws Error for a sampler nobody knows, or a ratio outside 0 to 1
 */
export function readSampler(env: NodeJS.ProcessEnv, ratio = 1): SamplerSettings {
  const given = env['OTEL_TRACES_SAMPLER_ARG'];
  const asked = given === undefined || given === '' ? ratio : Number(given);
  if (!(asked >= 0 && asked <= 1)) {
    throw new Error(`environment: OTEL_TRACES_SAMPLER_ARG is "${given}", not a number from 0 to 1`);
  }
  const name = env['OTEL_TRACES_SAMPLER'] || 'parentbased_traceidratio';
  const sampler = samplers[name];
  if (!sampler) {
    throw new Error(
      `environment: OTEL_TRACES_SAMPLER is "${name}"; known are ${Object.keys(samplers).join(', ')}`,
    );
  }
  return sampler(asked);
}
