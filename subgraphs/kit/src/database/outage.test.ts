import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createOutage, isDatabaseLost, type Outage } from './outage.ts';

type Line = Readonly<Record<string, unknown>>;

let outage: Outage | undefined;
afterEach(() => outage?.stop());

function createLog() {
  const lines: Line[] = [];
  const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line) as Line) });
  return { lines, log };
}

function failure(message: string, code?: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

describe('an outage of the database', () => {
  test.each([
    ['a refused connection', failure('connect ECONNREFUSED', 'ECONNREFUSED')],
    ['a reset one', failure('read ECONNRESET', 'ECONNRESET')],
    ['a server that is stopped', failure('terminating connection', '57P01')],
    ['a server that has crashed', failure('terminating connection', '57P02')],
    ['a server that starts', failure('the database system is starting up', '57P03')],
    ['an end in the middle', failure('Connection terminated unexpectedly')],
    ['no connection in time', failure('timeout exceeded when trying to connect')],
    ['a name with two addresses', new AggregateError([failure('x', 'ECONNREFUSED')])],
  ])('is told by %s', (_, error) => {
    expect(isDatabaseLost(error)).toBe(true);
  });

  test.each([
    ['a unique key', failure('duplicate key', '23505')],
    ['a statement that took too long', failure('canceling statement', '57014')],
    ['a fault in a resolver', new TypeError('x is not a function')],
    ['no error at all', undefined],
    ['a text', 'ECONNREFUSED'],
  ])('is not told by %s', (_, error) => {
    expect(isDatabaseLost(error)).toBe(false);
  });

  test('is logged once, with how many errors it made when it is over', async () => {
    const { lines, log } = createLog();
    let isAway = true;
    outage = createOutage({
      log,
      probe: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()),
    });
    for (let request = 0; request < 30; request += 1) {
      expect(outage.note(failure('connect ECONNREFUSED 127.0.0.1:5', 'ECONNREFUSED'))).toBe(true);
    }
    expect(outage.note(new TypeError('a fault'))).toBe(false);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 50, code: 'ECONNREFUSED' });
    expect(lines[0]).not.toHaveProperty('err');
    isAway = false;
    while (lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(lines[1]).toMatchObject({ msg: 'the database answers again', errors: 30 });
    outage.note(failure('connect ECONNREFUSED', 'ECONNREFUSED'));
    expect(lines).toHaveLength(3);
  });
});
