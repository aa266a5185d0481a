/** Where a command reads and writes. Commands touch nothing of the process but this, so tests can run them. */
export interface Terminal {
  /** The folder relative paths start from. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The result: schema, report. */
  out(text: string): void;
  /** Everything said to the person: notes, errors. */
  err(text: string): void;
  /** All of standard input as text. */
  readStdin(): Promise<string>;
  /** Whether `out` and `err` may be coloured. */
  colours: { out: boolean; err: boolean };
}

/** Colours only where a person looks: a terminal, unless NO_COLOR is set; FORCE_COLOR overrides (no-color.org). */
export function wantsColours(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    cwd: process.cwd(),
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    readStdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString('utf8');
    },
    colours: {
      out: wantsColours(process.stdout, process.env),
      err: wantsColours(process.stderr, process.env),
    },
  };
}
