import { type Device, type DeviceOptions, openDevice as openAnywhere } from '../runtime/device.ts'
import { loadGpu } from './gpu.ts'
import { fileTable } from './tuning-file.ts'

const NAP_MILLISECONDS = 1

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

let polling = 0

/**
 * Sleeps a moment in every turn of the event loop: Dawn asks for results in each, and would take a whole core from a
 * software adapter.
 */
function pollSlowly(awaited: () => boolean): void {
  const own = ++polling
  const turn = (): void => {
    if (own !== polling || !awaited()) return
    Atomics.wait(never, 0, 0, NAP_MILLISECONDS)
    setImmediate(turn)
  }
  setImmediate(turn)
}

/** Devices that may be alive; undefined before there is one. */
let devices: Set<WeakRef<GPUDevice>> | undefined

/** A process that exits while a device lives may die of a signal: threads still use what is being taken down. */
function destroyAtExit(device: GPUDevice): void {
  devices ??= watchedDevices()
  const alive = devices
  const reference = new WeakRef(device)
  alive.add(reference)
  device.lost.then(() => alive.delete(reference))
}

function watchedDevices(): Set<WeakRef<GPUDevice>> {
  const alive = new Set<WeakRef<GPUDevice>>()
  process.once('exit', () => {
    for (const device of alive) device.deref()?.destroy()
  })
  return alive
}

/**
 * Opens the best adapter through Dawn, with the autotuner's table of this machine.
 * Call `underVulkan` first, so that a machine without Vulkan still has one. What is open when the process exits is disposed then.
 * @throws AdapterError when there is none, or when it cannot store values as asked for.
 */
export async function openDevice(options: Pick<DeviceOptions, 'storage' | 'winograd'> = {}): Promise<Device> {
  const device = await openAnywhere({
    ...options,
    gpu: await loadGpu(),
    tuning: await fileTable(),
    whileAwaited: pollSlowly,
  })
  destroyAtExit(device.gpuDevice)
  return device
}
