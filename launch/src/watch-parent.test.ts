import { expect, test } from '@jest/globals';
import { watchParent } from './watch-parent.ts';

test('tells once that the process that started this one is gone', async () => {
  let parentId = 42;
  let looks = 0;
  let calls = 0;
  const end = await new Promise<() => void>((resolve) => {
    const endWatch = watchParent({
      onGone: () => {
        calls += 1;
        resolve(endWatch);
      },
      readParentId: () => {
        looks += 1;
        if (looks === 5) parentId = 1;
        return parentId;
      },
      everyMs: 1,
    });
  });
  end();
  expect(calls).toBe(1);
  expect(looks).toBe(5);
});
