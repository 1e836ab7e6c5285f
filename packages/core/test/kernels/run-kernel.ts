import { create, globals } from 'webgpu'
import type { AdapterTraits, Kernel } from '../../src/kernels/kernel.ts'

Object.assign(globalThis, globals)

/** Dawn's instance: it must outlive every object that came from it. */
const gpu = create([])

interface RawDevice {
  readonly device: GPUDevice
  readonly traits: AdapterTraits
}

let opened: Promise<RawDevice> | undefined

/** Smallest size that a binding of vec4f accepts. */
const BUFFER_ALIGNMENT_BYTES = 16

/** The device shared by the tests of one file, opened on first use with everything the adapter offers. */
export function rawDevice(): Promise<RawDevice> {
  opened ??= openRawDevice()
  return opened
}

/** What kernels may know of the adapter under test. */
export async function adapterTraits(): Promise<AdapterTraits> {
  return (await rawDevice()).traits
}

/** Destroys the device, so that the process can end. */
export async function closeDevice(): Promise<void> {
  if (opened) (await opened).device.destroy()
  opened = undefined
}

async function openRawDevice(): Promise<RawDevice> {
  const adapter = await gpu.requestAdapter()
  if (!adapter) throw new Error('no WebGPU adapter: install mesa-vulkan-drivers')
  const { info, limits, features } = adapter
  const wanted: GPUFeatureName[] = ['subgroups', 'shader-f16', 'timestamp-query']
  const device = await adapter.requestDevice({
    requiredFeatures: wanted.filter((feature) => features.has(feature)),
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    },
  })
  const software =
    info.isFallbackAdapter || /llvmpipe|lavapipe|swiftshader/i.test(`${info.description} ${info.architecture}`)
  const subgroups = features.has('subgroups') ? { min: info.subgroupMinSize, max: info.subgroupMaxSize } : undefined
  return {
    device,
    traits: {
      kind: software ? 'software' : 'hardware',
      vendor: info.vendor.toLowerCase(),
      architecture: info.architecture.toLowerCase(),
      ...(subgroups && { subgroups }),
      f16: features.has('shader-f16'),
      maxWorkgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
      maxWorkgroupStorageBytes: limits.maxComputeWorkgroupStorageSize,
      maxStorageBuffers: limits.maxStorageBuffersPerShaderStage,
    },
  }
}

interface Prepared {
  readonly device: GPUDevice
  readonly pipeline: GPUComputePipeline
  readonly bindGroup: GPUBindGroup
  readonly buffers: readonly GPUBuffer[]
}

async function prepare(kernel: Kernel, inputs: readonly Float32Array[], outputLength: number): Promise<Prepared> {
  const { device } = await rawDevice()
  const lengths = [...inputs.map((input) => input.length), outputLength]
  const bindGroupLayout = device.createBindGroupLayout({
    entries: lengths.map((_, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: 'storage' },
    })),
  })
  const module = device.createShaderModule({ code: kernel.wgsl, label: kernel.name })
  const errors = (await module.getCompilationInfo()).messages.filter((message) => message.type === 'error')
  if (errors.length > 0) {
    const text = kernel.wgsl.split('\n')
    const listed = errors
      .slice(0, 3)
      .map(
        ({ lineNum, message }) =>
          `line ${lineNum}: ${message}\n${text.slice(Math.max(0, lineNum - 3), lineNum + 2).join('\n')}`,
      )
    throw new Error(`${kernel.name} is not valid WGSL: ${listed.join('\n')}`)
  }
  const layout = device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] })
  const pipeline = await device.createComputePipelineAsync({ layout, compute: { module, entryPoint: 'main' } })
  const buffers = lengths.map((length, binding) => {
    const size = Math.ceil(Math.max(1, length * 4) / BUFFER_ALIGNMENT_BYTES) * BUFFER_ALIGNMENT_BYTES
    const buffer = device.createBuffer({
      size,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    })
    const contents = new Float32Array(size / 4).fill(NaN)
    contents.set(inputs[binding] ?? [])
    device.queue.writeBuffer(buffer, 0, contents)
    return buffer
  })
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }))
  return { device, pipeline, bindGroup: device.createBindGroup({ layout: bindGroupLayout, entries }), buffers }
}

function submit({ device, pipeline, bindGroup }: Prepared, kernel: Kernel, times: number): void {
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, bindGroup)
  for (let time = 0; time < times; time++) pass.dispatchWorkgroups(...kernel.workgroups)
  pass.end()
  device.queue.submit([encoder.finish()])
}

/**
 * Runs a kernel once: inputs are bound at 0..n-1 and the output, filled with NaN before, at n.
 * @throws Error with the lines concerned when it does not compile, or with Dawn's message when validation fails.
 */
export async function runKernel(
  kernel: Kernel,
  inputs: readonly Float32Array[],
  outputLength: number,
): Promise<Float32Array> {
  const { device } = await rawDevice()
  device.pushErrorScope('validation')
  const prepared = await prepare(kernel, inputs, outputLength)
  submit(prepared, kernel, 1)
  const staging = device.createBuffer({
    size: Math.max(4, outputLength * 4),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  })
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(prepared.buffers.at(-1) as GPUBuffer, 0, staging, 0, outputLength * 4)
  device.queue.submit([encoder.finish()])
  const error = await device.popErrorScope()
  if (error) throw new Error(`${kernel.name}: ${error.message}`)
  await staging.mapAsync(GPUMapMode.READ)
  const output = new Float32Array(staging.getMappedRange().slice(0))
  for (const buffer of [...prepared.buffers, staging]) buffer.destroy()
  return output.subarray(0, outputLength)
}

const REPEATS = 5

export interface KernelTiming {
  /** Processor time until the first run has ended: drivers compile as late as that. */
  readonly compileMilliseconds: number
  /** Processor time of the whole process for one run of the kernel: what counts on a software adapter. */
  readonly coreMilliseconds: number
  readonly wallMilliseconds: number
}

/** Fastest of several timings, since other processes disturb; together about `minimumMilliseconds` of processor time. */
export async function timeKernel(
  kernel: Kernel,
  inputs: readonly Float32Array[],
  outputLength: number,
  minimumMilliseconds = 300,
): Promise<KernelTiming> {
  const beforeCompiling = process.cpuUsage()
  const prepared = await prepare(kernel, inputs, outputLength)
  const { device, buffers } = prepared
  submit(prepared, kernel, 1)
  await device.queue.onSubmittedWorkDone()
  const compiling = process.cpuUsage(beforeCompiling)
  const compileMilliseconds = (compiling.user + compiling.system) / 1000
  const run = async (times: number): Promise<KernelTiming> => {
    const cpu = process.cpuUsage()
    const wall = performance.now()
    submit(prepared, kernel, times)
    await device.queue.onSubmittedWorkDone()
    const { user, system } = process.cpuUsage(cpu)
    return {
      compileMilliseconds,
      coreMilliseconds: (user + system) / 1000 / times,
      wallMilliseconds: (performance.now() - wall) / times,
    }
  }
  let best = await run(1)
  const times = Math.ceil(minimumMilliseconds / REPEATS / Math.max(0.01, best.coreMilliseconds))
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const timing = await run(times)
    if (timing.coreMilliseconds < best.coreMilliseconds) best = timing
  }
  for (const buffer of buffers) buffer.destroy()
  return best
}
