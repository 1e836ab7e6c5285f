import { ShapeError } from '../errors.ts'
import type { DType, LoweringContext, Tensor } from '../graph/tensor.ts'
import type { Work } from '../profile/work.ts'
import { type Shape, sizeOf } from '../shape.ts'
import type { Device } from './device.ts'
import { encodePass } from './encode-pass.ts'

/** Shape of each input; u32 inputs (keys of random numbers) say so. */
export type InputSpec = Readonly<Record<string, Shape | { readonly shape: Shape; readonly dtype: DType }>>

export type InputValues<Inputs extends InputSpec> = { readonly [Name in keyof Inputs]: Float32Array | Uint32Array }

/** Numbers in memory: float32, or f16, which takes half as much and has 11 significant bits. Kernels compute in float32 either way. */
export type StorageFormat = 'f32' | 'f16'

export interface CompileOptions {
  /** Called while kernels compile. */
  readonly onProgress?: (done: number, total: number) => void
  /** Fills the arena with NaN before each run, so that a value that no kernel wrote shows. For tests. */
  readonly poison?: boolean
  /** Forces algorithms; default: the device's tuning table, else the cost model's first guess. */
  readonly choose?: LoweringContext['choose']
  /** Whether convolutions may be computed by Winograd's algorithms; default: what the device says. */
  readonly winograd?: boolean
  /** How values between layers lie in memory; default: what the device says. */
  readonly storage?: StorageFormat
}

/** One kernel of a plan: what it is and what it has to do. */
export interface PlannedKernel extends Work {
  /** Algorithm and tile sizes. */
  readonly name: string
  /** Path of the layer that it belongs to; that of a gradient ends with `/gradient`. */
  readonly layer: string
  readonly workgroups: readonly [number, number, number]
}

/** One kernel of a plan, ready to run. */
export interface Dispatch extends PlannedKernel {
  readonly pipeline: GPUComputePipeline
  readonly bindGroup: GPUBindGroup
  /** It reads nothing that it writes, so that running it twice in a row gives the same as once. */
  readonly isRepeatable: boolean
}

/** Everything that a run replays. */
export interface Plan {
  readonly arena: GPUBuffer
  readonly arenaBytes: number
  readonly lowerBoundBytes: number
  readonly dispatches: readonly Dispatch[]
  /** An input that nothing reads has no range. */
  readonly inputs: ReadonlyMap<
    string,
    { readonly tensor: Tensor; readonly range: (GPUBufferBinding & { buffer: GPUBuffer }) | undefined }
  >
  readonly outputs: ReadonlyMap<
    string,
    { readonly shape: Shape; readonly dtype: DType; readonly range: GPUBufferBinding & { buffer: GPUBuffer } }
  >
  readonly copies: readonly { readonly from: GPUBufferBinding & { buffer: GPUBuffer }; readonly to: GPUBuffer }[]
  readonly poison: boolean
}

export interface RunOptions<Name extends string> {
  /** Outputs to read back; default all. Unread outputs cost nothing to transfer. */
  readonly read?: readonly Name[]
}

/** NaN as float32, and as two f16. */
const POISON = 0xffffffff

/** A compiled function: every run is one command encoder, one compute pass and one submit. */
export class Program<Inputs extends InputSpec = InputSpec, Output extends string = string> implements Disposable {
  readonly #device: Device
  readonly #plan: Plan
  #disposed = false

  constructor(device: Device, plan: Plan) {
    this.#device = device
    this.#plan = plan
  }

  /** Bytes of the arena that all values between inputs and outputs share. */
  get arenaBytes(): number {
    return this.#plan.arenaBytes
  }

  /** The most bytes alive at one moment: no arena could be smaller. */
  get lowerBoundBytes(): number {
    return this.#plan.lowerBoundBytes
  }

  /** Kernels in the order in which they run, with the layer and the work of each. */
  get kernels(): readonly PlannedKernel[] {
    return this.#plan.dispatches.map(({ name, layer, workgroups, operations, bytes }) => ({
      name,
      layer,
      workgroups,
      operations,
      bytes,
    }))
  }

  /** Shape of an output. */
  shapeOf(output: Output): Shape {
    return this.#output(output).shape
  }

  /**
   * Runs once. Returns when the outputs that were asked for are read back; a run may be started before the last one returned.
   * @throws ShapeError when an input is missing or has the wrong length; DeviceLostError; OutOfMemoryError.
   */
  async run<Name extends Output = Output>(
    inputs: InputValues<Inputs>,
    options: RunOptions<Name> = {},
  ): Promise<Record<Name, Float32Array>> {
    if (this.#disposed) throw new ShapeError('this program is disposed: compile it again')
    this.#device.check()
    const { gpuDevice, staging, profiler } = this.#device
    this.#upload(inputs)
    const encoder = gpuDevice.createCommandEncoder()
    const timing = profiler?.encode(this, this.#plan.dispatches, encoder)
    if (timing === undefined) encodePass(encoder, this.#plan.dispatches)
    for (const { from, to } of this.#plan.copies)
      encoder.copyBufferToBuffer(from.buffer, from.offset ?? 0, to, 0, from.size ?? 0)
    const names = options.read ?? ([...this.#plan.outputs.keys()] as Name[])
    const reads = names.map((name) => {
      const { range, dtype } = this.#output(name)
      const target = staging.take(range.size ?? 0)
      encoder.copyBufferToBuffer(range.buffer, range.offset ?? 0, target, 0, range.size ?? 0)
      return { name, target, dtype }
    })
    gpuDevice.queue.submit([encoder.finish()])
    timing?.submitted()
    const values = reads.map(async ({ name, target, dtype }) => {
      const bytes = await staging.read(target)
      return [name, dtype === 'u32' ? new Uint32Array(bytes) : new Float32Array(bytes)]
    })
    return this.#device.guard(
      Promise.all(values).then((entries) => Object.fromEntries(entries) as Record<Name, Float32Array>),
    )
  }

  #upload(inputs: InputValues<Inputs>): void {
    const { queue } = this.#device.gpuDevice
    if (this.#plan.poison)
      queue.writeBuffer(this.#plan.arena, 0, new Uint32Array(this.#plan.arenaBytes / 4).fill(POISON))
    for (const [name, { tensor, range }] of this.#plan.inputs) {
      const values = inputs[name]
      if (values === undefined || values.length !== sizeOf(tensor.shape)) {
        throw new ShapeError(
          `input ${name}: expected ${sizeOf(tensor.shape)} values for ${tensor.shape.join('x')}, got ${values === undefined ? 'none' : values.length}`,
        )
      }
      if (values instanceof Uint32Array !== (tensor.dtype === 'u32'))
        throw new ShapeError(`input ${name}: expected ${tensor.dtype} values`)
      if (range !== undefined) queue.writeBuffer(range.buffer, range.offset ?? 0, values as Float32Array<ArrayBuffer>)
    }
  }

  #output(name: string) {
    const output = this.#plan.outputs.get(name)
    if (output === undefined)
      throw new ShapeError(`the program has no output ${name}; it has ${[...this.#plan.outputs.keys()].join(', ')}`)
    return output
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#plan.arena.destroy()
    this.#device.release(this as unknown as Program)
  }
}
