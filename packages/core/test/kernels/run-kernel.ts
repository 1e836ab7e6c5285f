import { environment } from '#environment'
import type { AdapterTraits, Kernel } from '../../src/kernels/kernel.ts'
import { requestDevice } from '../../src/runtime/adapter.ts'

type RawDevice = Awaited<ReturnType<typeof requestDevice>>

let opened: Promise<RawDevice> | undefined

/** Smallest size that a binding of vec4f accepts. */
const BUFFER_ALIGNMENT_BYTES = 16

/** The device shared by the tests of one file, opened on first use with everything the adapter offers. */
function rawDevice(): Promise<RawDevice> {
  opened ??= environment.loadGpu().then(requestDevice)
  return opened
}

/** What kernels may know of the adapter under test. */
export async function adapterTraits(): Promise<AdapterTraits> {
  return (await rawDevice()).info.traits
}

/** Destroys the device, so that the process can end. */
export async function closeDevice(): Promise<void> {
  if (opened) (await opened).device.destroy()
  opened = undefined
}

interface Prepared {
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
  return { pipeline, bindGroup: device.createBindGroup({ layout: bindGroupLayout, entries }), buffers }
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
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(prepared.pipeline)
  pass.setBindGroup(0, prepared.bindGroup)
  pass.dispatchWorkgroups(...kernel.workgroups)
  pass.end()
  const staging = device.createBuffer({
    size: Math.max(4, outputLength * 4),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  })
  encoder.copyBufferToBuffer(prepared.buffers.at(-1) as GPUBuffer, 0, staging, 0, outputLength * 4)
  device.queue.submit([encoder.finish()])
  const error = await device.popErrorScope()
  if (error) throw new Error(`${kernel.name}: ${error.message}`)
  await staging.mapAsync(GPUMapMode.READ)
  const output = new Float32Array(staging.getMappedRange().slice(0))
  for (const buffer of [...prepared.buffers, staging]) buffer.destroy()
  return output.subarray(0, outputLength)
}
