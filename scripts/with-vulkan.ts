/** Preloaded (`node --import`) before a program that needs an adapter and is not ours, such as vitest. */
import { underVulkan } from '../packages/core/src/node/restart.ts'

// pnpm hands `--` on; vitest would ignore what stands behind it, and run everything.
process.argv = process.argv.filter((argument) => argument !== '--')
await underVulkan()
