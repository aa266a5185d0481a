import { describe, expect, test } from '@jest/globals';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { findFreePort } from '@trellis/platform/free-port';
import { echoQuery, startEchoSubgraph } from './echo-subgraph.ts';
import { makeFaultModule } from './fault-module.ts';
import { ask } from './gateway-here.ts';
import { setUpGateways } from './gateway-suite.ts';
import { openSocket, sendRaw, until, writeRequest } from './raw-socket.ts';
import { lostAtStop, percentile, problemsOf, startSteadyLoad } from './steady-load.ts';

/** What a busy machine may add. */
const noiseMs = 15_000;
const suite = setUpGateways('process');
const { start, found } = suite;

async function untilAnswered(url: string, maxMs = 45_000): Promise<number> {
  const startedAt = performance.now();
  for (let n = 0; performance.now() - startedAt < maxMs; n += 1) {
    try {
      const { body } = await ask(url, echoQuery, n);
      if (JSON.stringify(body) === `{"data":{"echo":${n}}}`) return performance.now() - startedAt;
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no whole answer within ${maxMs} ms`);
}

describe('a start', () => {
  test('with an invalid supergraph ends with status 1 and one line', async () => {
    const startedAt = performance.now();
    const gateway = start({ supergraph: 'type Query { nothing: Int }' });
    const { code } = await gateway.ended;
    const elapsedMs = Math.round(performance.now() - startedAt);
    const fatal = gateway.lines.filter(({ level }) => level === 'fatal');
    expect(code).toBe(1);
    expect(fatal).toHaveLength(1);
    expect(fatal[0]?.msg).toMatch(/^The supergraph .* is invalid/);
    expect(elapsedMs).toBeLessThan(15_000 + noiseMs);
    found('E4', 'invalid supergraph at the start', `status 1 after ${elapsedMs} ms, one line`);
  });

  test('with all subgraphs down is ready, answers errors, and heals by itself', async () => {
    const port = await findFreePort();
    const late = await startEchoSubgraph(port);
    const supergraph = late.supergraph();
    await late.stop();
    const gateway = start({ supergraph });
    const url = await gateway.ready;
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    for (let n = 0; n < 40; n += 1) {
      const { status, body } = await ask(url, echoQuery, n);
      expect([status, body]).toEqual([
        200,
        { data: { echo: null }, errors: [expect.objectContaining({ path: ['echo'] })] },
      ]);
    }
    const back = await startEchoSubgraph(port);
    suite.onEnd(() => back.stop());
    const healMs = Math.round(await untilAnswered(url));
    expect(healMs).toBeLessThan(10_000 + noiseMs);
    found(
      'E5',
      'all subgraphs down at the start',
      `ready, errors, whole ${healMs} ms after they came`,
    );
  });

  test('after kill -9 takes a few seconds', async () => {
    const port = await findFreePort();
    const flags = ['--port', String(port)];
    const first = start({ flags });
    await first.ready;
    first.child.kill('SIGKILL');
    await first.ended;
    const startedAt = performance.now();
    start({ flags });
    await untilAnswered(`http://127.0.0.1:${port}`);
    const elapsedMs = Math.round(performance.now() - startedAt);
    expect(elapsedMs).toBeLessThan(5_000 + noiseMs);
    found('E9', 'kill -9 and start again', `answers after ${elapsedMs} ms`);
  });
});

describe('SIGTERM', () => {
  test.each([0, 800])(
    'under load with answers of %d ms loses nothing that was accepted',
    async (delayMs) => {
      suite.subgraph.delayMs = delayMs;
      const gateway = start({ settings: { listen: { drainDelayMs: 2_000 } } });
      const url = await gateway.ready;
      await untilAnswered(url);
      const { arrived } = suite.subgraph.seen;
      // No more than there are connections: what was begun has gone out.
      const load = startSteadyLoad(url, { perSecond: 100, maxUnderWay: 50 });
      await until('the load runs', () => load.outcomes.length > 30);
      const startedAt = performance.now();
      const toldMs = load.elapsedMs();
      gateway.child.kill('SIGTERM');
      await gateway.logged('stopping');
      const ready = await fetch(`${url}/health/ready`, { headers: { connection: 'close' } });
      const { code } = await gateway.ended;
      const elapsedMs = Math.round(performance.now() - startedAt);
      const outcomes = await load.stop();
      expect(ready.status).toBe(503);
      expect(code).toBe(0);
      expect(lostAtStop(outcomes, toldMs)).toEqual([]);
      // Whatever was accepted was asked for, and was answered.
      const answered = outcomes.filter(({ isWhole }) => isWhole).length;
      expect(suite.subgraph.seen.arrived - arrived).toBe(answered);
      expect(elapsedMs).toBeLessThan(10_000 + noiseMs);
      found(
        'E7',
        `SIGTERM, answers of ${delayMs} ms`,
        `0 of ${answered} lost, status 0 after ${elapsedMs} ms`,
      );
    },
  );

  test('does not wait for who only holds a connection, and no longer than its deadline for who hangs', async () => {
    const gateway = start({ settings: { subgraphs: { all: { timeoutMs: 1_500 } } } });
    const url = await gateway.ready;
    await untilAnswered(url);
    suite.subgraph.isHanging = true;
    const { open } = suite.subgraph.seen;
    const hung = ask(url, echoQuery, 1);
    const idle = await openSocket(Number(new URL(url).port));
    const half = await openSocket(Number(new URL(url).port));
    half.write('POST /graphql HTTP/1.1\r\n');
    await until('it hangs', () => suite.subgraph.seen.open > open);
    const startedAt = performance.now();
    gateway.child.kill('SIGTERM');
    expect((await hung).body).toMatchObject({ data: { echo: null } });
    const { code } = await gateway.ended;
    const elapsedMs = Math.round(performance.now() - startedAt);
    [idle, half].forEach((socket) => socket.destroy());
    expect(code).toBe(0);
    expect(elapsedMs).toBeLessThan(1_500 + 3_500 + noiseMs);
    found(
      'E8',
      'SIGTERM, hung request, idle and half-sent connections',
      `status 0 after ${elapsedMs} ms`,
    );
  });
});

describe('faults inside the process', () => {
  test('are counted when a promise is rejected, and end it in order when an exception is not caught', async () => {
    const faults = makeFaultModule();
    const telemetry = { listen: { port: 0 } };
    const gateway = start({ env: faults.env, settings: { telemetry } });
    const url = await gateway.ready;
    const { url: metricsUrl } = await gateway.logged('metrics');
    faults.inflict(gateway.pid, 'reject');
    await gateway.logged('a promise was rejected');
    await untilAnswered(url);
    const metrics = await (await fetch(String(metricsUrl))).text();
    expect(metrics).toMatch(/unhandled_rejections_total 1\b/);
    suite.subgraph.delayMs = 500;
    const { arrived } = suite.subgraph.seen;
    const underWay = ask(url, echoQuery, 9);
    await until('a request is under way', () => suite.subgraph.seen.arrived > arrived);
    faults.inflict(gateway.pid, 'throw');
    expect((await underWay).body).toEqual({ data: { echo: 9 } });
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    expect(gateway.lines.some(({ msg }) => msg?.startsWith('an exception was not caught'))).toBe(
      true,
    );
    found(
      'E11',
      'rejected promise, uncaught exception',
      'counted and lives; finishes requests, then status 1',
    );
  });

  test('fail its liveness while the event loop is blocked', async () => {
    const faults = makeFaultModule();
    const gateway = start({ env: faults.env });
    const url = await gateway.ready;
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    faults.inflict(gateway.pid, 'block');
    const probe = async (): Promise<boolean> => {
      try {
        return (await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(1_000) })).ok;
      } catch {
        return false;
      }
    };
    // One may be late because the machine is busy; three in a row are what a supervisor acts on.
    for (let failed = 0; failed < 3;) failed = (await probe()) ? 0 : failed + 1;
  });
});

describe('a log nobody takes', () => {
  const settings = { telemetry: { accessLog: 'all' } };

  test('because the pipe is closed changes nothing', async () => {
    const gateway = start({ settings });
    const url = await gateway.ready;
    gateway.child.stdout?.destroy();
    for (let n = 0; n < 50; n += 1) {
      expect((await ask(url, echoQuery, n)).body).toEqual({ data: { echo: n } });
    }
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
    found('E13', 'log pipe closed', '50 of 50 answered, status 0');
  });

  test('because the disk is full changes nothing', async () => {
    if (!existsSync('/dev/full')) return;
    const port = await findFreePort();
    const stdout = openSync('/dev/full', 'w');
    const gateway = start({ settings, stdout, flags: ['--port', String(port)] });
    closeSync(stdout);
    const url = `http://127.0.0.1:${port}`;
    await untilAnswered(url);
    for (let n = 0; n < 50; n += 1) {
      expect((await ask(url, echoQuery, n)).body).toEqual({ data: { echo: n } });
    }
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
    found('E13', 'disk of the log full', '50 of 50 answered, status 0');
  });
});

describe('256 file descriptors', () => {
  test('are enough to go on: connections beyond them hear 503, and there is room again', async () => {
    const limit = ['sh', '-c', 'ulimit -n 256 && exec "$@"', 'sh'];
    const gateway = start({ wrap: (command) => [...limit, ...command] });
    const url = await gateway.ready;
    const port = Number(new URL(url).port);
    await untilAnswered(url);
    const sockets: Socket[] = [];
    for (let at = 0; at < 400; at += 1) sockets.push(await openSocket(port));
    const closed = sockets.map(
      (socket) => new Promise<void>((resolve) => socket.resume().once('close', () => resolve())),
    );
    await Promise.race(closed);
    const { statuses } = await sendRaw(port, writeRequest('{"query":"{__typename}"}'));
    expect([[503], []]).toContainEqual(statuses);
    const open = sockets.filter((socket) => !socket.destroyed).length;
    sockets.forEach((socket) => socket.destroy());
    const healMs = Math.round(await untilAnswered(url));
    expect(gateway.child.exitCode).toBeNull();
    expect(gateway.lines.some(({ msg }) => msg?.startsWith('too many connections'))).toBe(true);
    found(
      'E14',
      'ulimit -n 256, 400 connections',
      `${open} held, the others 503; answers again after ${healMs} ms`,
    );
  });
});

describe('steady load', () => {
  test('leaves memory flat', async () => {
    const gateway = start();
    const url = await gateway.ready;
    const readRss = (): number => {
      if (!existsSync('/proc/self/statm')) return 0;
      const pages = Number(readFileSync(`/proc/${gateway.pid}/statm`, 'utf8').split(' ')[1]);
      return (pages * 4_096) / 1_000_000;
    };
    const megabytes: number[] = [];
    const times: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const load = startSteadyLoad(url, { perSecond: 300 });
      await until('the round is over', () => load.outcomes.length >= 450);
      const outcomes = await load.stop();
      expect(problemsOf(outcomes)).toEqual([]);
      times.push(...outcomes.map(({ elapsedMs }) => elapsedMs));
      megabytes.push(readRss());
    }
    const [, second = 0, , fourth = 0] = megabytes;
    const growth = fourth - second;
    expect(growth).toBeLessThan(40);
    found(
      'E10',
      '4 rounds at 300 a second',
      `${growth.toFixed(1)} MB from round two to four, p99 ${percentile(times, 0.99)} ms`,
    );
  });
});
