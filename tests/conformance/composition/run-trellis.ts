import { runCommandLine, type Terminal } from '@trellis/composition/cli';

/** What a run of the command line left behind. */
export interface TrellisRun {
  exitCode: number;
  out: string;
  err: string;
}

/** Runs `trellis` in a folder, without colours, with the given standard input. */
export async function runTrellis(args: string[], cwd: string, stdin = ''): Promise<TrellisRun> {
  const run: TrellisRun = { exitCode: 0, out: '', err: '' };
  const terminal: Terminal = {
    cwd,
    env: {},
    out: (text) => void (run.out += text),
    err: (text) => void (run.err += text),
    readStdin: async () => stdin,
    colours: { out: false, err: false },
  };
  run.exitCode = await runCommandLine(args, terminal);
  return run;
}
