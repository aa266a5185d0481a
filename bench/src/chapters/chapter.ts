import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant } from '../contestants/contestant.ts';
import { assertTwoCores, loadCore, pinProcess } from '../measure/pin.ts';
import { RunningGateway } from '../measure/running-gateway.ts';
import { setStage } from '../measure/setting.ts';
import { readOptions, type Options } from '../options.ts';
import { workloads } from '../workloads.ts';

/** What a chapter measures about one contestant: rows of figures, in the order of the headings. */
export interface Chapter {
  /** Name of the file the table goes to. */
  readonly name: string;
  readonly headings: readonly string[];
  readonly measure: (
    gateway: RunningGateway,
    contestant: Contestant,
    options: Options,
  ) => Promise<readonly (readonly string[])[]>;
}

/** Runs a chapter for each contestant, one after the other, and prints one table. */
export async function runChapter({ name, headings, measure }: Chapter): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) return;
  assertTwoCores();
  pinProcess(process.pid, loadCore);
  const stage = await setStage(options);
  const lines = [
    ['contestant', ...headings].join(' | '),
    ['---', ...headings.map(() => '--:')].join(' | '),
  ];
  try {
    for (const contestant of options.contestants) {
      const setting = { ...stage, workload: workloads.w3 };
      const gateway = await RunningGateway.start(contestant, setting, options.nodeFlags);
      try {
        for (const row of await measure(gateway, contestant, options)) {
          lines.push([contestant.title, ...row].join(' | '));
          console.log(lines.at(-1));
        }
      } finally {
        await gateway.stop();
      }
    }
  } finally {
    stage.close();
  }
  const table = `${lines.map((line) => `| ${line} |`).join('\n')}\n`;
  console.log(`\n${table}`);
  if (options.resultsFolder === undefined) return;
  mkdirSync(options.resultsFolder, { recursive: true });
  writeFileSync(join(options.resultsFolder, `${name}.md`), table);
}

/** Posts one operation and returns the text of the answer. @throws Error when the answer has errors */
export async function post(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  if (!response.ok || text.includes('"errors"')) {
    throw new Error(`${response.status} ${text.slice(0, 300)}`);
  }
  return text;
}
