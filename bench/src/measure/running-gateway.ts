import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Contestant, Setting } from '../contestants/contestant.ts';
import { gatewayCore } from './pin.ts';

const startMs = 60_000;
const stopMs = 5_000;

/** One contestant as one process in production mode, bound to the gateway's core. */
export class RunningGateway {
  readonly url: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  private constructor(child: ChildProcess, url: string) {
    if (child.pid === undefined) throw new Error('The contestant could not be started.');
    this.pid = child.pid;
    this.url = url;
    this.#child = child;
    const killWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => {
        process.off('exit', killWithUs);
        resolve();
      });
    });
  }

  /**
   * Starts a contestant and waits until it answers.
   * @param nodeFlags given to Node for every contestant alike
   * @throws Error with the path of its log when it does not answer within a minute
   */
  static async start(
    contestant: Contestant,
    setting: Setting,
    nodeFlags: readonly string[],
  ): Promise<RunningGateway> {
    const { script, arguments: scriptArguments, environment } = contestant.command(setting);
    const logFile = join(setting.temporaryFolder, `${contestant.name}.log`);
    const log = createWriteStream(logFile, { flags: 'a' });
    const child = spawn(
      'taskset',
      ['-c', String(gatewayCore), process.execPath, ...nodeFlags, script, ...scriptArguments],
      {
        // The folder of this package, so that contestants find their dependencies here.
        env: { ...process.env, NODE_ENV: 'production', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    const gateway = new RunningGateway(child, `http://127.0.0.1:${setting.port}${contestant.path}`);
    try {
      await gateway.#answers(setting.workload.body);
    } catch (error) {
      await gateway.stop();
      throw new Error(`${contestant.name} did not start; see ${logFile}`, { cause: error });
    }
    return gateway;
  }

  /** Ends the process: politely, then by force. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    await this.#exited;
    clearTimeout(timer);
  }

  async #answers(body: string): Promise<void> {
    const deadline = performance.now() + startMs;
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`It ended with ${this.#child.exitCode}.`);
      try {
        const response = await fetch(this.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        const text = await response.text();
        if (response.ok) return;
        if (performance.now() > deadline) throw new Error(`${response.status} ${text}`);
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
