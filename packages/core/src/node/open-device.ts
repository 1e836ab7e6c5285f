import { type Device, openDevice as openAnywhere } from '../runtime/device.ts'
import { loadGpu } from './gpu.ts'
import { fileTable } from './tuning-file.ts'

/**
 * Opens the best adapter through Dawn, with the autotuner's table of this machine.
 * Call `underVulkan` first, so that a machine without Vulkan still has one.
 * @throws AdapterError when there is none.
 */
export async function openDevice(): Promise<Device> {
  return openAnywhere({ gpu: await loadGpu(), tuning: await fileTable() })
}
