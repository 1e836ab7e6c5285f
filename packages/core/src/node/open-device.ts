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

/**
 * Opens the best adapter through Dawn, with the autotuner's table of this machine.
 * Call `underVulkan` first, so that a machine without Vulkan still has one.
 * @throws AdapterError when there is none, or when it cannot store values as asked for.
 */
export async function openDevice(options: Pick<DeviceOptions, 'storage' | 'winograd'> = {}): Promise<Device> {
  return openAnywhere({ ...options, gpu: await loadGpu(), tuning: await fileTable(), whileAwaited: pollSlowly })
}
