import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkAnswers } from '../measure/check-answer.ts';
import { load } from '../measure/measure-cell.ts';
import { loadCore, pinProcess } from '../measure/pin.ts';
import { RunningGateway } from '../measure/running-gateway.ts';
import { setStage } from '../measure/setting.ts';
import { readOptions } from '../options.ts';
import { functionsBySelfTime, readCallTree, type CpuProfile } from '../report/cpu-profile.ts';
import { flameGraph } from '../report/flame-graph.ts';
import { figure } from '../report/format.ts';

/**
 * `npm run profile -- --contestants trellis --workloads w2-identity --results results`: a CPU profile of each contestant
 * under load, as a list of functions by their own time and as a flame graph.
 */
const hook = fileURLToPath(new URL('../measure/profile-on-signal.js', import.meta.url));
const listed = 40;

const options = readOptions(process.argv.slice(2));
if (options !== undefined) {
  pinProcess(process.pid, loadCore);
  const stage = await setStage(options);
  try {
    for (const contestant of options.contestants) {
      for (const workload of options.workloads) {
        const setting = { ...stage, workload };
        const profileFile = join(stage.temporaryFolder, 'profile.json');
        process.env['PROFILE_FILE'] = profileFile;
        const flags = [...options.nodeFlags, '--import', hook];
        const gateway = await RunningGateway.start(contestant, setting, flags);
        const check = await checkAnswers(gateway.url, workload);
        if (!check.right) throw new Error(`${contestant.name}: ${check.reason}`);
        const { connections, seconds, warmUpSeconds } = options;
        await load(gateway, contestant, setting, {
          ...check,
          connections,
          seconds: warmUpSeconds,
          warmUpSeconds: 0,
        });
        process.kill(gateway.pid, 'SIGUSR2');
        const shape = { connections, seconds, warmUpSeconds: 0.1 };
        const cell = await load(gateway, contestant, setting, { ...check, ...shape });
        process.kill(gateway.pid, 'SIGUSR2');
        await new Promise((resolve) => setTimeout(resolve, 2000));
        await gateway.stop();
        const profile = readFileSync(profileFile, 'utf8');
        const tree = readCallTree(JSON.parse(profile) as CpuProfile);
        const title = `${contestant.title}, ${workload.title}: ${figure(cell.cpuMsPerRequest)} ms of CPU per request (while profiled)`;
        console.log(`\n${title}`);
        for (const { name, share } of functionsBySelfTime(tree).slice(0, listed)) {
          console.log(`${(100 * share).toFixed(1).padStart(5)} %  ${name}`);
        }
        if (options.resultsFolder !== undefined) {
          mkdirSync(options.resultsFolder, { recursive: true });
          const file = join(options.resultsFolder, `flame-${contestant.name}-${workload.name}`);
          writeFileSync(`${file}.svg`, flameGraph(tree, title));
          writeFileSync(`${file}.cpuprofile`, profile);
        }
      }
    }
  } finally {
    stage.close();
  }
}
