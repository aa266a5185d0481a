import { assertTwoCores, loadCore, pinProcess } from './measure/pin.ts';
import { setStage } from './measure/setting.ts';
import { readOptions } from './options.ts';
import { markdownTables } from './report/markdown-table.ts';
import { writeResults } from './report/write-results.ts';
import { run } from './run.ts';

try {
  const options = readOptions(process.argv.slice(2));
  if (options !== undefined) {
    assertTwoCores();
    pinProcess(process.pid, loadCore);
    const stage = await setStage(options);
    try {
      const results = await run(options, stage);
      console.log(`\n${markdownTables(results)}`);
      if (options.resultsFolder !== undefined) writeResults(results, options.resultsFolder);
    } finally {
      stage.close();
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
