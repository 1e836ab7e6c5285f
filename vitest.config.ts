import { defineConfig } from 'vitest/config'

/** Long enough for a kernel's first compilation on a software adapter (milliseconds). */
const PATIENCE = 60_000

export default defineConfig({
  test: {
    include: ['{packages,apps}/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // A process for each file: Dawn lives in the process, and a crash of a driver fails one file.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: PATIENCE,
    hookTimeout: PATIENCE,
  },
})
