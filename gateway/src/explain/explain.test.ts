import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ExecutionTrace } from '../execution/execution-trace.ts';
import {
  startTestGateway,
  type TestGateway,
  type TestResponse,
} from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
let gateway: TestGateway;

beforeEach(async () => {
  subgraphs = await startUsersAndReviews();
  gateway = await startTestGateway(subgraphs.sdl);
});

afterEach(async () => {
  await gateway.stop();
  await subgraphs.stop();
});

const ask = (query: string): Promise<TestResponse> =>
  gateway.ask({ query }, { 'trellis-query-plan': '1' });

function deliveries({ json }: TestResponse): string[] {
  const shown = json?.extensions?.['trellis'] as { readonly trace: ExecutionTrace } | undefined;
  return shown?.trace.steps.map(({ delivery }) => delivery) ?? [];
}

describe('the trace of an answer', () => {
  test('tells a fetch that another request had begun from one of its own', async () => {
    subgraphs.users.delayMs = 500;
    const answers = await Promise.all([
      ask('query A { me { name } }'),
      ask('query B { me { name } }'),
    ]);
    expect(subgraphs.users.bodies).toHaveLength(1);
    expect(answers.flatMap(deliveries).toSorted()).toEqual(['sent', 'shared']);
  });

  test('calls what was asked once more its own', async () => {
    const answers = [await ask('query A { me { name } }'), await ask('query B { me { name } }')];
    expect(answers.flatMap(deliveries)).toEqual(['sent', 'sent']);
  });
});
