/** Run as a process of its own: prints the name of the adapter that Dawn opens a device on, or exits with 1. */
import { adapterNames } from '../runtime/adapter-names.ts'
import { loadGpu } from './gpu.ts'

const gpu = await loadGpu()
const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
if (!adapter) process.exit(1)
await adapter.requestDevice()
process.stdout.write(`${adapter.info.description || adapterNames(adapter.info).text}\n`, () => process.exit(0))
