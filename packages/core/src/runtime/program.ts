import { ShapeError } from '../errors.ts'
import { checkValues, type DType, type LoweringContext, type Tensor } from '../graph/tensor.ts'
import type { RunTiming } from '../profile/profiler.ts'
import type { Work } from '../profile/work.ts'
import type { Shape } from '../shape.ts'
import type { BufferRange, Device } from './device.ts'
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
  readonly inputs: ReadonlyMap<string, { readonly tensor: Tensor; readonly range: BufferRange | undefined }>
  readonly outputs: ReadonlyMap<string, { readonly shape: Shape; readonly dtype: DType; readonly range: BufferRange }>
  readonly copies: readonly { readonly from: BufferRange; readonly to: GPUBuffer }[]
  readonly poison: boolean
  /** Gives back what the program holds of its device beside the arena. */
  release(): void
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
   * @throws ShapeError when an input is missing or has the wrong length or type; DeviceLostError; OutOfMemoryError.
   */
  async run<Name extends Output = Output>(
    inputs: InputValues<Inputs>,
    options: RunOptions<Name> = {},
  ): Promise<Record<Name, Float32Array>> {
    if (this.#disposed) throw new ShapeError('this program is disposed: compile it again')
    this.#device.check()
    this.#checkInputs(inputs)
    const names = options.read ?? ([...this.#plan.outputs.keys()] as Name[])
    const outputs = names.map((name) => this.#output(name))
    const { dispatches, copies } = this.#plan
    let timing: RunTiming | undefined
    const read = await this.#device.submit(
      (encoder) => {
        this.#upload(inputs)
        timing = this.#device.profiler?.encode(this, dispatches, encoder)
        if (timing === undefined) encodePass(encoder, dispatches)
        for (const { from, to } of copies) encoder.copyBufferToBuffer(from.buffer, from.offset ?? 0, to, 0, from.size)
        return outputs.map(({ range }) => range)
      },
      () => timing?.submitted(),
    )
    const valuesOf = (bytes: ArrayBuffer, i: number) =>
      outputs[i]?.dtype === 'u32' ? new Uint32Array(bytes) : new Float32Array(bytes)
    return Object.fromEntries(read.map((bytes, i) => [names[i], valuesOf(bytes, i)])) as Record<Name, Float32Array>
  }

  #checkInputs(inputs: InputValues<Inputs>): void {
    for (const [name, { tensor }] of this.#plan.inputs) checkValues(`input ${name}`, inputs?.[name], tensor)
  }

  #upload(inputs: InputValues<Inputs>): void {
    const { queue } = this.#device.gpuDevice
    const { arena, arenaBytes, poison } = this.#plan
    if (poison) queue.writeBuffer(arena, 0, new Uint32Array(arenaBytes / 4).fill(POISON))
    for (const [name, { range }] of this.#plan.inputs)
      if (range !== undefined)
        queue.writeBuffer(range.buffer, range.offset ?? 0, inputs[name] as Float32Array<ArrayBuffer>)
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
    this.#plan.release()
    this.#device.release(this as unknown as Program)
  }
}
