import { runClosedLoop } from '../load/closed-loop.ts';
import { checkAnswers } from '../measure/check-answer.ts';
import { pinProcess } from '../measure/pin.ts';
import { RunningGateway } from '../measure/running-gateway.ts';
import { setStage } from '../measure/setting.ts';
import { readOptions } from '../options.ts';
import { figure } from '../report/format.ts';
import { requestsOf } from '../workloads.ts';

/**
 * `npm run processes`: throughput of one process and of two, each bound to a core. Load generator and subgraphs take
 * their share of both cores, so two processes cannot be twice as fast here.
 */
const options = readOptions(process.argv.slice(2));
if (options !== undefined) {
  const stage = await setStage(options);
  try {
    for (const contestant of options.contestants) {
      for (const workload of options.workloads) {
        for (const count of [1, 2]) {
          const gateways: RunningGateway[] = [];
          const loops = [];
          for (let index = 0; index < count; index += 1) {
            const setting = { ...stage, port: stage.port + index, workload };
            const gateway = await RunningGateway.start(contestant, setting, options.nodeFlags);
            gateways.push(gateway);
            pinProcess(gateway.pid, index);
            const check = await checkAnswers(gateway.url, workload);
            if (!check.right) throw new Error(`${contestant.name}: ${check.reason}`);
            loops.push({ port: setting.port, bodyBytes: check.bodyBytes });
          }
          const results = await Promise.all(
            loops.map(({ port, bodyBytes }) =>
              runClosedLoop({
                port,
                connections: Math.ceil(options.connections / count),
                seconds: options.seconds,
                warmUpSeconds: options.warmUpSeconds,
                request: requestsOf(workload, contestant.path),
                expectedBodyBytes: bodyBytes,
                onWindow: () => undefined,
              }),
            ),
          );
          for (const gateway of gateways) await gateway.stop();
          const rate = results.reduce(
            (sum, { completed, seconds }) => sum + completed / seconds,
            0,
          );
          const errors = results.reduce((sum, result) => sum + result.errors, 0);
          console.log(
            `${contestant.title} | ${workload.name} | ${count} process(es) | ${figure(rate)} requests/s | ${errors} errors`,
          );
        }
      }
    }
  } finally {
    stage.close();
  }
}
