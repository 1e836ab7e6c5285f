import { pathToFileURL } from 'node:url'
import { AdapterError } from '../errors.ts'
import { ownRequire } from './own-require.ts'
import { withoutLines } from './without-lines.ts'

/** The one WebGPU instance of this process. Dawn ends the process if it is collected while a device lives. */
let instance: Promise<GPU> | undefined

/**
 * WebGPU in Node: loads Dawn once, installs its globals (`GPUBufferUsage`, ...), and returns its `GPU`.
 *
 * Dawn looks for Vulkan with the environment that the process was started with: call `underVulkan` first.
 *
 * @throws AdapterError where Dawn has no build for this platform.
 */
export function loadGpu(): Promise<GPU> {
  instance ??= createInstance()
  return instance
}

async function createInstance(): Promise<GPU> {
  const dawn = await importDawn().catch((cause: unknown) => {
    throw new AdapterError(
      `Dawn, the WebGPU of the npm package "webgpu", does not load on ${process.platform}-${process.arch}; ` +
        'expected Linux with glibc, macOS, or Windows, on x64 or arm64; install it there, or use a browser with WebGPU',
      { cause },
    )
  })
  Object.assign(globalThis, dawn.globals)
  // Timestamps are rounded to 0.1 ms so that pages cannot spy on each other; a program of one's own wants them as they are.
  const gpu = dawn.create(['disable-dawn-features=timestamp_quantization'])
  // Dawn looks at the drivers when it is first asked, and says then what it makes of each.
  withoutLines(OF_NO_MEANING, () => void gpu.requestAdapter().catch(() => undefined))
  return gpu
}

/** Said of every Vulkan driver that allows more than Dawn does; bindings with dynamic offsets are not used here. */
const OF_NO_MEANING = /^Warning: maxDynamic(Uniform|Storage)BuffersPerPipelineLayout artificially reduced /

async function importDawn(): Promise<typeof import('webgpu')> {
  return import(pathToFileURL(ownRequire.resolve('webgpu')).href)
}
