import { binding, dispatchFor } from '../kernels/kernel.ts'
import type { Device } from '../runtime/device.ts'

/** What an adapter reaches at most, measured on it. */
export interface Ceilings {
  /** Float32 operations in a second, a multiply-add counted as two; from multiply-adds in registers alone. */
  readonly operationsPerSecond: number
  /** Bytes in a second, read and written bytes both counted; from a copy of a buffer larger than most caches. */
  readonly copyBytesPerSecond: number
}

export interface CeilingOptions {
  /**
   * Seconds that have passed, by the measure that the rates shall be in; default: wall-clock time. Processor seconds
   * (`process.cpuUsage()`) give the rates of one core where a software adapter shares its processor with other programs.
   */
  readonly clock?: () => number
  /** Wall-clock seconds that a timed run takes at least; default 0.1. */
  readonly seconds?: number
}

const wallClock = (): number => performance.now() / 1000

/** Timed runs of a kernel: the fastest counts, since other work can only slow one down. */
const TIMED_RUNS = 3

const WORKGROUP = 64

/** Threads of the multiply-add kernel: more than the largest adapters hold at once. */
const THREADS = 1 << 18

/**
 * Independent sums of four in each thread: few for adapters that hide latency by other threads and would run out of
 * registers, many for processors. The best counts.
 */
const CHAINS = [2, 4, 8] as const

/** Multiply-adds of each sum in one turn of the loop, so that the loop itself costs nothing. */
const UNROLLED = 8

/** Bytes of the source and of the target of the copy, and how few they may become where memory is short. */
const COPY_BYTES = 128 * 2 ** 20
const LEAST_COPY_BYTES = 2 ** 20

const BYTES_PER_VECTOR = 16

/**
 * Measures how fast an adapter multiplies and adds in registers, and how fast it copies memory: what no kernel on it can
 * exceed. Takes two or three seconds, and at most 256 MiB of the adapter's memory, which are given back.
 * @throws DeviceLostError
 */
export async function measureCeilings(
  device: Device,
  { clock = wallClock, seconds = 0.1 }: CeilingOptions = {},
): Promise<Ceilings> {
  let operationsPerSecond = 0
  for (const chains of CHAINS) {
    const operations = 2 * 4 * THREADS * chains * UNROLLED
    const rate = operations * (await turnsPerSecond(device, multiplyAdds(chains), 4 * THREADS, { clock, seconds }))
    operationsPerSecond = Math.max(operationsPerSecond, rate)
  }
  const bytes = await bytesToCopy(device)
  const copies = await turnsPerSecond(device, copyKernel(bytes), bytes, { clock, seconds })
  return { operationsPerSecond, copyBytesPerSecond: 2 * bytes * copies }
}

/** A kernel that binds numbers for the loop at 0 (factor, addend, turns), its result at 1 and, for copies, a source at 2. */
interface CeilingKernel {
  readonly name: string
  readonly wgsl: string
  readonly workgroups: readonly [number, number, number]
  /** Bytes of the source, where it has one. */
  readonly sourceBytes?: number
  /** Whether the turns are inside the kernel; else they are dispatches. */
  readonly loops: boolean
}

/** Sums that the compiler can neither shorten, since it knows no number in them, nor leave out, since they are stored. */
export function multiplyAdds(chains: number): CeilingKernel {
  const { workgroups, linear } = dispatchFor(THREADS, WORKGROUP)
  const sums = Array.from({ length: chains }, (_, chain) => `sum${chain}`)
  const step = sums.map((sum) => `    ${sum} = ${sum} * factor + addend;`).join('\n')
  return {
    name: `multiply-adds of ${chains} x vec4f`,
    workgroups,
    loops: true,
    wgsl: `${binding(0, 'numbers', 'vec4f')}
${binding(1, 'out')}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) global: vec3u) {
  ${linear}
  let factor = numbers[0].x;
  let addend = numbers[0].y;
  let turns = u32(numbers[0].z);
${sums.map((sum, chain) => `  var ${sum} = vec4f(f32(id), ${chain}.0, addend, factor);`).join('\n')}
  for (var turn = 0u; turn < turns; turn++) {
${Array.from({ length: UNROLLED }, () => step).join('\n')}
  }
  let total = ${sums.join(' + ')};
  out[id] = total.x + total.y + total.z + total.w;
}`,
  }
}

/** Four numbers a thread from one buffer to another. */
export function copyKernel(bytes: number): CeilingKernel {
  const vectors = Math.floor(bytes / BYTES_PER_VECTOR)
  const { workgroups, linear } = dispatchFor(vectors, WORKGROUP)
  return {
    name: `copy of ${bytes} bytes`,
    workgroups,
    loops: false,
    sourceBytes: bytes,
    wgsl: `${binding(0, 'numbers', 'vec4f')}
${binding(1, 'out', 'vec4f')}
${binding(2, 'source', 'vec4f')}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) global: vec3u) {
  ${linear}
  if (id < ${vectors}u) { out[id] = source[id]; }
}`,
  }
}

/** How much can be copied: tried out, since an adapter does not say how much of its memory is free. */
async function bytesToCopy(device: Device): Promise<number> {
  let bytes = Math.min(COPY_BYTES, device.info.limits.maxStorageBufferBindingSize)
  for (; bytes > LEAST_COPY_BYTES; bytes /= 2) {
    device.gpuDevice.pushErrorScope('out-of-memory')
    const pair = [device.createBuffer('copy source', bytes), device.createBuffer('copy target', bytes)]
    const error = await device.guard(device.gpuDevice.popErrorScope())
    for (const buffer of pair) buffer.destroy()
    if (error === null) break
  }
  return bytes
}

/** Runs a kernel with more and more turns until a run is long enough to time, and returns the best rate of a few such runs. */
async function turnsPerSecond(
  device: Device,
  kernel: CeilingKernel,
  outBytes: number,
  { clock, seconds }: Required<CeilingOptions>,
): Promise<number> {
  const { gpuDevice } = device
  const make = (bytes: number): GPUBuffer => device.createBuffer(kernel.name, bytes)
  const numbers = make(BYTES_PER_VECTOR)
  const buffers = [numbers, make(outBytes), ...(kernel.sourceBytes === undefined ? [] : [make(kernel.sourceBytes)])]
  try {
    const pipeline = await device.guard(device.pipelines.take(kernel.name, kernel.wgsl, buffers.length))
    const bindGroup = gpuDevice.createBindGroup({
      layout: device.pipelines.layout(buffers.length).bindGroup,
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    })
    const submit = async (turns: number): Promise<void> => {
      const encoder = gpuDevice.createCommandEncoder({ label: kernel.name })
      const pass = encoder.beginComputePass()
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, bindGroup)
      for (let i = 0; i < (kernel.loops ? 1 : turns); i++) pass.dispatchWorkgroups(...kernel.workgroups)
      pass.end()
      gpuDevice.queue.submit([encoder.finish()])
      await device.idle()
    }
    const timed = async (turns: number): Promise<{ wall: number; counted: number }> => {
      gpuDevice.queue.writeBuffer(numbers, 0, new Float32Array([0.5, 0.25, turns, 0]))
      const [wall, counted] = [wallClock(), clock()]
      await submit(turns)
      return { wall: wallClock() - wall, counted: clock() - counted }
    }
    await timed(1)
    let turns = 1
    let run = await timed(turns)
    while (run.wall < seconds) {
      // At most eight times as many, since a short run says little of a long one; a quarter more at least, to get there.
      turns = Math.ceil(turns * Math.min(8, Math.max(1.25, (1.2 * seconds) / run.wall)))
      run = await timed(turns)
    }
    let fastest = run.counted
    for (let i = 1; i < TIMED_RUNS; i++) fastest = Math.min(fastest, (await timed(turns)).counted)
    return turns / fastest
  } finally {
    device.pipelines.release(kernel.wgsl)
    for (const buffer of buffers) buffer.destroy()
  }
}
