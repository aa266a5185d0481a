import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Circuit } from './circuit.ts';
import { trafficDefaults } from './options.ts';
import { createSlidingWindow } from './sliding-window.ts';

function createCircuit() {
  const clock = { nowMs: 0 };
  return { clock, circuit: new Circuit(trafficDefaults.breaker, () => clock.nowMs) };
}

type Outcome = 'success' | 'failure' | 'neutral';

function pass(circuit: Circuit, outcome: Outcome, times = 1): void {
  for (let time = 0; time < times; time += 1) circuit.enter()?.(outcome);
}

const { openMs, windowMs, probes } = trafficDefaults.breaker;

describe('the circuit of a breaker', () => {
  test('opens after half of twenty calls failed, and not before twenty', () => {
    const { circuit } = createCircuit();
    pass(circuit, 'success', 10);
    pass(circuit, 'failure', 9);
    expect(circuit.state).toBe('closed');
    pass(circuit, 'failure');
    expect(circuit.state).toBe('open');
    expect(circuit.enter()).toBeUndefined();
  });

  test('does not count callers who left or asked for too much', () => {
    const { circuit } = createCircuit();
    pass(circuit, 'neutral', 1_000);
    expect(circuit.state).toBe('closed');
  });

  test('forgets failures older than its window', () => {
    const { circuit, clock } = createCircuit();
    pass(circuit, 'failure', 19);
    clock.nowMs += windowMs + 1_000;
    pass(circuit, 'failure');
    expect(circuit.state).toBe('closed');
  });

  test('lets a few probes through after its rest and closes when they succeed', () => {
    const { circuit, clock } = createCircuit();
    pass(circuit, 'failure', 20);
    clock.nowMs += openMs;
    const out = Array.from({ length: 10 }, () => circuit.enter()).filter(Boolean);
    expect(out).toHaveLength(probes);
    for (const finish of out) finish?.('success');
    expect(circuit.state).toBe('closed');
    pass(circuit, 'failure');
    expect(circuit.state).toBe('closed');
  });

  test('opens again when a probe fails, and its other probes change nothing', () => {
    const { circuit, clock } = createCircuit();
    pass(circuit, 'failure', 20);
    clock.nowMs += openMs;
    const [first, second] = [circuit.enter(), circuit.enter()];
    first?.('failure');
    second?.('success');
    expect(circuit.state).toBe('open');
    expect(circuit.enter()).toBeUndefined();
  });

  test('gives a probe that ended without a verdict to the next caller', () => {
    const { circuit, clock } = createCircuit();
    pass(circuit, 'failure', 20);
    clock.nowMs += openMs;
    pass(circuit, 'neutral', 10);
    pass(circuit, 'success', probes);
    expect(circuit.state).toBe('closed');
  });
});

describe('the sliding window', () => {
  test('counts what a list of moments counts, to the tenth of the window', () => {
    const calls = fc.array(fc.tuple(fc.nat({ max: 700 }), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(calls, (steps) => {
        const clock = { nowMs: 0 };
        const window = createSlidingWindow(1_000, () => clock.nowMs);
        const seen: { readonly bucket: number; readonly isFailure: boolean }[] = [];
        for (const [stepMs, isFailure] of steps) {
          clock.nowMs += stepMs;
          window.add(isFailure);
          const bucket = Math.floor(clock.nowMs / 100);
          seen.push({ bucket, isFailure });
          const kept = seen.filter((each) => each.bucket > bucket - 10);
          expect(window.totals()).toEqual({
            requests: kept.length,
            failures: kept.filter((each) => each.isFailure).length,
          });
        }
      }),
    );
  });
});
