import type { Logger } from '@trellis/platform/log';
import { ConfigError } from '@trellis/platform/read-config';
import { describeProblem } from '../describe-problem.ts';
import type { LastGoodFile } from '../last-good-file.ts';
import type { SupergraphSource } from './source.ts';

/** The supergraph cannot be served. The message is for whoever runs the gateway. */
export class InvalidSupergraphError extends Error {
  override readonly name = 'InvalidSupergraphError';
}

export interface LoadFirstOptions<Served> {
  readonly source: SupergraphSource;
  readonly build: (sdl: string) => Served | Promise<Served>;
  /** Where the start finds the last good one when the source has none. */
  readonly lastGood?: LastGoodFile | undefined;
  readonly log: Logger;
}

/** One supergraph that can be served. */
export interface Version<Served> {
  readonly sdl: string;
  readonly served: Served;
}

export interface FirstVersion<Served> extends Version<Served> {
  /** The source could not be read, or what it had is invalid. */
  readonly isFromDisk: boolean;
}

/**
 * Loads what is served first: from the source, else the last good one from disk.
 * @throws Error with one clear message when neither can be served
 */
export async function loadFirst<Served>(
  options: LoadFirstOptions<Served>,
): Promise<FirstVersion<Served>> {
  try {
    const sdl = await options.source.load();
    return { sdl, served: await buildFirst(sdl, options), isFromDisk: false };
  } catch (error) {
    const kept = await loadLastGood(options);
    if (!kept) throw error;
    const reason = (error as Error).message;
    options.log.error({ reason }, 'starting with the last good supergraph from disk');
    return { ...kept, isFromDisk: true };
  }
}

async function buildFirst<Served>(
  sdl: string,
  { build, source }: LoadFirstOptions<Served>,
): Promise<Served> {
  try {
    return await build(sdl);
  } catch (error) {
    // Certificates, for example, are read when it is known which subgraphs there are.
    if (error instanceof ConfigError) throw error;
    throw new InvalidSupergraphError(
      `The supergraph ${source.description} is invalid: ${describeProblem(error)}`,
      { cause: error },
    );
  }
}

async function loadLastGood<Served>({
  build,
  lastGood,
  log,
}: LoadFirstOptions<Served>): Promise<Version<Served> | undefined> {
  try {
    const sdl = await lastGood?.load();
    return sdl === undefined ? undefined : { sdl, served: await build(sdl) };
  } catch (error) {
    log.error({ reason: describeProblem(error) }, 'the last good supergraph cannot be used');
    return undefined;
  }
}
