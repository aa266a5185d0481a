import type { Terminal } from '../terminal.ts';

/** A terminal that remembers what was written to it. For tests. */
export interface FakeTerminal extends Terminal {
  outText: () => string;
  errText: () => string;
}

/** A terminal without colours in the given folder. */
export function createFakeTerminal(options: {
  cwd: string;
  stdin?: string;
  env?: NodeJS.ProcessEnv;
}): FakeTerminal {
  let out = '';
  let err = '';
  return {
    cwd: options.cwd,
    env: options.env ?? {},
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    readStdin: async () => options.stdin ?? '',
    colours: { out: false, err: false },
    outText: () => out,
    errText: () => err,
  };
}
