import { afterEach, describe, expect, test } from '@jest/globals';
import { stepChannel, type StepEvent } from './channels.ts';
import { startTestGateway } from './testing/start-test-gateway.ts';
import { startUsersAndReviews } from './testing/test-subgraphs.ts';

const steps = ['authenticate', 'prepare', 'coerceVariables', 'authorize', 'plan', 'execute'];

describe('the walk', () => {
  const seen: string[] = [];
  const listener = {
    start: ({ step }: StepEvent) => void seen.push(`start ${step}`),
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd: ({ step }: StepEvent) => void seen.push(`end ${step}`),
    error: ({ step }: StepEvent) => void seen.push(`error ${step}`),
  };
  afterEach(() => {
    stepChannel.unsubscribe(listener);
    seen.length = 0;
  });

  test('tells its steps, in order, to whoever listens', async () => {
    const subgraphs = await startUsersAndReviews();
    const gateway = await startTestGateway(subgraphs.sdl);
    stepChannel.subscribe(listener);
    await gateway.ask({ query: '{ me { name } }' });
    expect(seen.filter((line) => line.startsWith('start'))).toEqual(
      steps.map((step) => `start ${step}`),
    );
    expect(seen.at(-1)).toBe('end execute');

    seen.length = 0;
    await gateway.ask({ query: '{ nobody }' });
    expect(seen).toContain('error prepare');
    expect(seen).not.toContain('start plan');
    await gateway.stop();
    await subgraphs.stop();
  });
});
