import { describe, expect, test } from '@jest/globals';
import { formatTraceParent, readTraceContext } from './trace-context.ts';

const header = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('trace context', () => {
  test('continues the trace of the caller', () => {
    expect(readTraceContext(header, 'vendor=1')).toEqual({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentId: '00f067aa0ba902b7',
      sampled: true,
      state: 'vendor=1',
      isRecorded: false,
    });
    expect(formatTraceParent(readTraceContext(header, undefined))).toBe(header);
  });

  test.each([
    ['absent', undefined],
    ['in capitals', header.toUpperCase()],
    ['of the forbidden version', header.replace('00-', 'ff-')],
    ['without trace', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['without span', `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`],
    ['cut', header.slice(0, 40)],
  ])('starts a new, unsampled trace when the header is %s', (_what, given) => {
    const trace = readTraceContext(given, 'vendor=1');
    expect(formatTraceParent(trace)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(trace.traceId).not.toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(trace.state).toBeUndefined();
  });

  test('never starts two equal traces', () => {
    const ids = new Set(
      Array.from({ length: 2_000 }, () =>
        formatTraceParent(readTraceContext(undefined, undefined)),
      ),
    );
    expect(ids.size).toBe(2_000);
  });

  test('does not pass on a state of any length', () => {
    expect(readTraceContext(header, 'x'.repeat(513)).state).toBeUndefined();
  });
});
