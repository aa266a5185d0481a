import type { SamplerSettings } from './read-sampler.ts';
import type { Tracing } from './tracing.ts';

/** Digits of the trace id that decide: the first 48 of the rightmost 56 bits. */
const decidingFrom = 18;
const decidingTo = 30;
const values = 2 ** 48;

/**
 * Decides by the trace id, so that all who ask of one trace decide alike: where its random part is not below a threshold
 * (https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/; W3C Trace Context level 2 has the
 * rightmost 56 bits random). One comparison of texts: hexadecimal digits of equal number are ordered as what they stand for.
 */
export function createSampler({ ratio, followsParent }: SamplerSettings): Tracing['isSampled'] {
  const threshold = thresholdFor(ratio);
  return (traceId, parent) => {
    if (parent !== undefined && followsParent) return parent;
    return traceId.slice(decidingFrom, decidingTo) >= threshold;
  };
}

function thresholdFor(ratio: number): string {
  const lowest = Math.ceil((1 - ratio) * values);
  // Behind every digit: nothing is sampled.
  if (lowest >= values) return 'g';
  return lowest.toString(16).padStart(decidingTo - decidingFrom, '0');
}
