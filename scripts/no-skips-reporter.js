/**
 * Jest reporter for CI: a skipped test is a failure, because a machine that lacks a browser or a server must not look
 * like one on which all is well. Ends with the plain line `N passed, N failed`.
 */
export default class NoSkipsReporter {
  #failure;

  onRunComplete(_contexts, results) {
    const skipped = results.testResults.flatMap((file) =>
      file.testResults
        .filter((test) => test.status === 'pending' || test.status === 'todo')
        .map((test) => `${file.testFilePath}: ${test.fullName}`),
    );
    if (skipped.length > 0) {
      this.#failure = new Error(`${skipped.length} skipped tests:\n${skipped.join('\n')}`);
      process.stdout.write(`\n${this.#failure.message}\n`);
    }
    process.stdout.write(
      `${results.numPassedTests} passed, ${results.numFailedTests + results.numRuntimeErrorTestSuites} failed\n`,
    );
  }

  getLastError() {
    return this.#failure;
  }
}
