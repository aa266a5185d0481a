import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { CommandError } from '../command-error.ts';
import { exitCodes } from '../exit-codes.ts';
import {
  displayPath,
  readTextFile,
  supergraphLimit,
  tooLarge,
} from '../supergraph/read-text-file.ts';
import type { Terminal } from '../terminal.ts';

const run = promisify(execFile);

/** Text of a supergraph and how messages call it. */
export interface SupergraphText {
  sdl: string;
  shownAs: string;
}

/**
 * Reads a supergraph schema.
 * @param from a file, `git:REVISION` (the file of `defaultFile` there), `git:REVISION:path`, or an http(s) address
 * @throws CommandError one line: no such file, revision or address
 */
export async function readSupergraph(
  from: string,
  terminal: Terminal,
  defaultFile = 'supergraph.graphql',
): Promise<SupergraphText> {
  if (from.startsWith('git:')) return readFromGit(from, terminal.cwd, defaultFile);
  if (/^https?:\/\//.test(from)) return { shownAs: from, sdl: await download(from) };
  const file = resolve(terminal.cwd, from);
  const shownAs = displayPath(file, terminal.cwd);
  return { shownAs, sdl: await readTextFile(file, shownAs, supergraphLimit) };
}

async function readFromGit(
  from: string,
  cwd: string,
  defaultFile: string,
): Promise<SupergraphText> {
  const [, revision = '', path = defaultFile] = from.split(':');
  try {
    // `./` makes git take the path from the working folder, not from the root of the repository.
    const object = `${revision}:./${path}`;
    const { stdout } = await run('git', ['show', '--end-of-options', object], {
      cwd,
      maxBuffer: supergraphLimit.maxBytes,
    });
    return { sdl: stdout, shownAs: `${path} at ${revision}` };
  } catch (error) {
    const reason = String((error as { stderr?: string }).stderr ?? (error as Error).message).trim();
    throw new CommandError(`${from}: ${reason.split('\n')[0] ?? ''}`, exitCodes.input, {
      cause: error,
    });
  }
}

async function download(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const text = await readBody(response, url);
    if (response.ok && !/^\s*<(!doctype|html)/i.test(text)) return text;
    throw new Error(`answered ${response.status}${response.ok ? ' with HTML' : ''}`);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const reason =
      ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
    throw new CommandError(`${url}: ${reason}`, exitCodes.network, { cause: error });
  }
}

/** An address that answers without end does not fill the memory. */
async function readBody(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > supergraphLimit.maxBytes) {
      throw new CommandError(tooLarge(url, bytes, supergraphLimit), exitCodes.network);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
