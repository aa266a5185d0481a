import { fileURLToPath } from 'node:url';
import { collectorEnvironment } from '../measure/start-collector.ts';
import type { Contestant } from './contestant.ts';
import { own } from './contestants.ts';
import { ours } from './trellis.ts';

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** What features cost: this gateway with one more or one less, and a monolith with graphql-shield and without. */
export const costContestants: readonly Contestant[] = [
  ours('defaults', 'as it is by default', {}),
  ours(
    'bare-transport',
    'without any policy of the transport',
    {},
    path('./bare-transport/main.js'),
  ),
  ours('rules', 'rules on 2 of 17 fields, decided per request', {
    authorization: { permissions: path('./rules/contextual.js') },
  }),
  ours('object-rules', 'rules on 2 of 17 fields, decided per object', {
    authorization: { permissions: path('./rules/by-object.js') },
  }),
  ours('object-rules-at-once', 'the same, by rules that answer without a promise', {
    authorization: { permissions: path('./rules/by-object-at-once.js') },
  }),
  ours('metrics', 'with metrics', { telemetry: { listen: { port: 0 } } }),
  ours('tracing', 'with spans of 1 % of requests', {
    telemetry: {
      tracing: { endpoint: process.env[collectorEnvironment], sampleRatio: 0.01 },
    },
  }),
  ours('no-costs', 'without counting what operations cost', {
    operation: { cost: { isEnabled: false } },
  }),
  ours('rate-limits', 'with limits of requests and cost per caller', {
    rateLimits: { anonymous: { requests: 1e9, cost: 1e12 } },
  }),
  monolith('monolith', 'Apollo Server over one schema', []),
  monolith('monolith-rules', 'Apollo Server with graphql-shield, decided per request', [
    'contextual',
  ]),
  monolith('monolith-object-rules', 'Apollo Server with graphql-shield, decided per object', [
    'by-object',
  ]),
];

function monolith(name: string, title: string, flags: readonly string[]): Contestant {
  return {
    name,
    title,
    role: 'peer',
    path: '/',
    command: (setting) => own('monolith/main', setting, flags),
  };
}
