import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/**
 * Loaded into a contestant with `--import`: the first SIGUSR2 starts a CPU profile, the second writes it to PROFILE_FILE.
 * So start-up and warm-up stay out of the profile.
 */
const file = process.env['PROFILE_FILE'];
const session = new Session();
let isProfiling = false;

process.on('SIGUSR2', () => {
  const turn = isProfiling ? finish() : start();
  isProfiling = !isProfiling;
  turn.catch((error: unknown) => console.error(error));
});

async function start(): Promise<void> {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
}

async function finish(): Promise<void> {
  const { profile } = await session.post('Profiler.stop');
  if (file !== undefined) writeFileSync(file, JSON.stringify(profile));
}
