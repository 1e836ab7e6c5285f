import { AdapterError } from '../errors.ts'
import type { AdapterTraits } from '../kernels/kernel.ts'
import { adapterNames } from './adapter-names.ts'
import type { StorageFormat } from './program.ts'

/** What was found: for people (`description`), for kernels (`traits`), and for the autotuner's table (`key`). */
export interface AdapterInfo {
  readonly description: string
  readonly traits: AdapterTraits
  readonly features: readonly string[]
  readonly limits: {
    readonly maxBufferSize: number
    readonly maxStorageBufferBindingSize: number
  }
  /**
   * Changes when another adapter or driver is used, so that timings of one never serve another. Drivers name their version
   * in the description; browsers may keep that to themselves, so that their own version stands for it.
   */
  readonly key: string
}

/** Features that are taken when the adapter offers them; none is needed. */
const WELCOME_FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query']

/** Limits that are raised to what the adapter has. */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const

/**
 * Asks for an adapter, hardware first, and a device with everything useful that it offers.
 * @throws AdapterError when there is none, saying what was looked for.
 */
export async function requestDevice(gpu: GPU | undefined): Promise<{ device: GPUDevice; info: AdapterInfo }> {
  if (gpu === undefined) {
    throw new AdapterError(
      'this JavaScript runtime has no WebGPU (navigator.gpu): use Chrome or Edge 113+, Safari 26+, Firefox 141+, or in Node openDevice from @noisescope/core/node',
    )
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) {
    throw new AdapterError(
      'WebGPU found no adapter (looked for Vulkan, Metal and D3D12): install a GPU driver, or a software one (Debian: mesa-vulkan-drivers 25 or later), or keep the optional package @sparticuz/chromium installed, which carries SwiftShader',
    )
  }
  const requiredFeatures = WELCOME_FEATURES.filter((feature) => adapter.features.has(feature))
  const requiredLimits = Object.fromEntries(RAISED_LIMITS.map((limit) => [limit, adapter.limits[limit]]))
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits })
  return { device, info: describe(adapter, device) }
}

/** @throws AdapterError when the adapter cannot store values in this way. */
export function checkStorage({ description, traits }: AdapterInfo, storage: StorageFormat): void {
  if (storage === 'f16' && !traits.f16) {
    throw new AdapterError(
      `storage in f16 needs an adapter with the feature shader-f16, which ${description} has not: use f32, the default`,
    )
  }
}

function describe(adapter: GPUAdapter, device: GPUDevice): AdapterInfo {
  const { vendor, architecture, text, software } = adapterNames(adapter.info)
  const { subgroupMinSize: min, subgroupMaxSize: max } = adapter.info
  const subgroups =
    device.features.has('subgroups') && min !== undefined && max !== undefined ? { subgroups: { min, max } } : {}
  const { limits } = device
  return {
    description: text,
    features: [...device.features].sort(),
    limits: { maxBufferSize: limits.maxBufferSize, maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize },
    traits: {
      kind: software ? 'software' : 'hardware',
      vendor,
      architecture,
      ...subgroups,
      f16: device.features.has('shader-f16'),
      maxWorkgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
      maxWorkgroupStorageBytes: limits.maxComputeWorkgroupStorageSize,
      maxStorageBuffers: limits.maxStorageBuffersPerShaderStage,
    },
    key: [text, globalThis.navigator?.userAgent].join(', '),
  }
}
