/** Tests run from TypeScript source: workspaces resolve through their `source` export condition. */
export default {
  reporters: ['default', ...(process.env.CI ? ['<rootDir>/scripts/no-skips-reporter.js'] : [])],
  setupFiles: process.env.CI ? ['<rootDir>/scripts/same-random-cases.js'] : [],
  // On two cores Jest would use one process, and that one would keep every suite's modules.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB',
  testEnvironment: 'node',
  // A real database server may have to come up first, on a machine that is busy with other things.
  testTimeout: 60_000,
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/bench/'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/bench/'],
  watchPathIgnorePatterns: ['/dist/', '/.trellis/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
