import { runCommandLine } from '@trellis/composition/cli';

export interface CommandOutcome {
  readonly exitCode: number;
  /** Everything it printed, errors too. */
  readonly text: string;
}

/** Runs the command line tool in a folder, without a process of its own. */
export async function runTrellis(
  folder: string,
  ...words: readonly string[]
): Promise<CommandOutcome> {
  let text = '';
  const print = (more: string): void => {
    text += more;
  };
  const exitCode = await runCommandLine([...words], {
    cwd: folder,
    env: {},
    out: print,
    err: print,
    readStdin: () => Promise.resolve(''),
    colours: { out: false, err: false },
  });
  return { exitCode, text };
}
