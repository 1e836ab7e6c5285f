import { DeviceLostError, OutOfMemoryError, ShapeError } from '../errors.ts'
import { type Tensor, Variable } from '../graph/tensor.ts'
import type { Profiler } from '../profile/profiler.ts'
import { type Shape, sizeOf } from '../shape.ts'
import type { TuningTable } from '../tune/table.ts'
import { type AdapterInfo, checkStorage, requestDevice } from './adapter.ts'
import { compileProgram } from './compile.ts'
import { Pipelines } from './pipelines.ts'
import type { CompileOptions, InputSpec, Program, StorageFormat } from './program.ts'
import { Staging } from './staging.ts'

export interface DeviceOptions {
  /** The WebGPU entry point; default `navigator.gpu`. */
  readonly gpu?: GPU | undefined
  /** Which algorithm won on this adapter, measured before; default: none, the cost model picks. */
  readonly tuning?: TuningTable
  /**
   * Whether convolutions may be computed by Winograd's algorithms, which sum in another order: on values of one size the
   * error in float32 is about that of a direct sum. Default true; a program may ask otherwise.
   */
  readonly winograd?: boolean
  /**
   * How values between layers lie in memory; `f16` halves the memory and the traffic of large images and batches, for an error
   * of up to 2^-10 of each such value, and needs the feature `shader-f16`. Default 'f32'; a program may ask otherwise.
   */
  readonly storage?: StorageFormat
  /**
   * Called when results begin to be awaited from a software adapter, with a function that says whether they still are.
   * Where the runtime polls for results without pause, as Dawn does in Node, this is the place to slow the polling down, so
   * that the processor is left to the adapter's own threads.
   */
  readonly whileAwaited?: (awaited: () => boolean) => void
}

/** WebGPU's buffer usage bits, which Node has no global constants for before Dawn is loaded. */
const STORAGE = 0x0080
const COPY_SRC = 0x0004
const COPY_DST = 0x0008

/**
 * An adapter that programs run on, and the variables that live there.
 * Dispose it (`using`) to free everything it holds.
 */
export class Device implements Disposable {
  readonly info: AdapterInfo
  readonly gpuDevice: GPUDevice
  readonly pipelines: Pipelines
  readonly staging: Staging
  readonly tuning: TuningTable | undefined
  readonly winograd: boolean
  readonly storage: StorageFormat
  /** Times the kernels of every program that runs while it is set. */
  profiler: Profiler | undefined
  /** Resolves, never rejects, when the device is lost for another reason than `dispose`. */
  readonly lost: Promise<DeviceLostError>
  readonly #variables = new Map<Variable, GPUBuffer>()
  readonly #programs = new Set<Program>()
  readonly #whileAwaited: DeviceOptions['whileAwaited']
  #awaited = 0
  #failure: Error | undefined
  #disposed = false

  constructor(
    gpuDevice: GPUDevice,
    info: AdapterInfo,
    { tuning, whileAwaited, winograd = true, storage = 'f32' }: Omit<DeviceOptions, 'gpu'> = {},
  ) {
    this.gpuDevice = gpuDevice
    this.info = info
    this.tuning = tuning
    this.winograd = winograd
    this.storage = storage
    this.#whileAwaited = info.traits.kind === 'software' ? whileAwaited : undefined
    this.pipelines = new Pipelines(gpuDevice)
    this.staging = new Staging(gpuDevice)
    this.lost = gpuDevice.lost.then((info) => {
      const error = new DeviceLostError(
        `the WebGPU device was lost (${info.reason}): ${info.message || 'no reason given'}; open it again and go on from the last checkpoint`,
      )
      this.#failure ??= error
      return this.#disposed ? new Promise<DeviceLostError>(() => {}) : error
    })
    gpuDevice.addEventListener('uncapturederror', (event) => {
      const { error } = event as GPUUncapturedErrorEvent
      this.#failure ??=
        error.constructor.name === 'GPUOutOfMemoryError'
          ? new OutOfMemoryError(error.message)
          : new Error(error.message)
    })
  }

  /**
   * Traces `model` once for inputs of these shapes, plans it, compiles its kernels, and returns what replays it.
   * @throws ShapeError naming the layer; OutOfMemoryError when the adapter has no room.
   */
  async compile<Inputs extends InputSpec, Outputs extends Readonly<Record<string, Tensor>>>(
    model: (inputs: { readonly [Name in keyof Inputs]: Tensor }) => Outputs,
    inputs: Inputs,
    options: CompileOptions = {},
  ): Promise<Program<Inputs, keyof Outputs & string>> {
    this.check()
    const program = await compileProgram(this, model, inputs, options)
    this.#programs.add(program as Program)
    return program
  }

  /** The device's buffer of a variable, made and filled with its initial value on first use. */
  bufferOf(variable: Variable): GPUBuffer {
    if (!this.#variables.has(variable)) this.write(variable, variable.initial)
    return this.#bufferFor(variable)
  }

  #bufferFor(variable: Variable): GPUBuffer {
    const known = this.#variables.get(variable)
    if (known !== undefined) return known
    const bytes = sizeOf(variable.shape) * Float32Array.BYTES_PER_ELEMENT
    const buffer = this.createBuffer(`variable ${variable.name}`, bytes)
    this.#variables.set(variable, buffer)
    return buffer
  }

  /** A storage buffer. @throws OutOfMemoryError when the adapter's limits are smaller. */
  createBuffer(label: string, bytes: number): GPUBuffer {
    const { maxBufferSize } = this.info.limits
    if (bytes > maxBufferSize) {
      throw new OutOfMemoryError(
        `${label} needs ${bytes} bytes, this adapter allows buffers of at most ${maxBufferSize}: use a smaller batch or image tile`,
      )
    }
    return this.gpuDevice.createBuffer({ label, size: Math.max(bytes, 4), usage: STORAGE | COPY_SRC | COPY_DST })
  }

  /** Stores new values in a variable. @throws ShapeError when their number differs. */
  write(variable: Variable, values: Float32Array | Uint32Array): void {
    if (values.length !== sizeOf(variable.shape)) {
      throw new ShapeError(`variable ${variable.name}: expected ${sizeOf(variable.shape)} values, got ${values.length}`)
    }
    this.gpuDevice.queue.writeBuffer(this.#bufferFor(variable), 0, values as Float32Array<ArrayBuffer>)
  }

  /** The present values of variables, in their order. @throws DeviceLostError */
  async read(variables: readonly Variable[]): Promise<Float32Array[]> {
    this.check()
    const encoder = this.gpuDevice.createCommandEncoder({ label: 'read variables' })
    const copies = variables.map((variable) => {
      const source = this.bufferOf(variable)
      const target = this.staging.take(source.size)
      encoder.copyBufferToBuffer(source, 0, target, 0, source.size)
      return target
    })
    this.gpuDevice.queue.submit([encoder.finish()])
    return this.guard(Promise.all(copies.map(async (copy) => new Float32Array(await this.staging.read(copy)))))
  }

  /** Frees a variable's buffer; it starts from its initial value if it is used again. */
  forget(variables: readonly Variable[]): void {
    for (const variable of variables) {
      this.#variables.get(variable)?.destroy()
      this.#variables.delete(variable)
    }
  }

  /** Waits until everything submitted so far is done. @throws DeviceLostError */
  async idle(): Promise<void> {
    await this.guard(this.gpuDevice.queue.onSubmittedWorkDone())
  }

  /** Rejects with the reason that is known (device lost, out of memory) instead of WebGPU's own error. */
  async guard<Result>(work: Promise<Result>): Promise<Result> {
    this.#awaited++
    if (this.#awaited === 1) this.#whileAwaited?.(() => this.#awaited > 0)
    try {
      const result = await work
      this.check()
      return result
    } catch (error) {
      // The loss is announced a moment after the work that it stops.
      await Promise.race([this.gpuDevice.lost, new Promise((resolve) => setTimeout(resolve, 50))])
      throw this.#failure ?? error
    } finally {
      this.#awaited--
    }
  }

  /** @throws the first error of this device, if there was one. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** False once the device was lost or ran out of memory: whatever it is asked for then fails. */
  get isUsable(): boolean {
    return this.#failure === undefined
  }

  /** Called by a program that is disposed. */
  release(program: Program): void {
    this.#programs.delete(program)
  }

  /** Bytes that programs and variables hold on the device. */
  get bytes(): number {
    let total = 0
    for (const buffer of this.#variables.values()) total += buffer.size
    for (const program of this.#programs) total += program.arenaBytes
    return total
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return
    this.#disposed = true
    for (const program of [...this.#programs]) program[Symbol.dispose]()
    for (const buffer of this.#variables.values()) buffer.destroy()
    this.#variables.clear()
    this.staging.dispose()
    this.gpuDevice.destroy()
  }
}

/**
 * Opens the best adapter: hardware before software. In Node use `openDevice` of `@noisescope/core/node`.
 * @throws AdapterError when there is none, or when it cannot store values as asked for.
 */
export async function openDevice(options: DeviceOptions = {}): Promise<Device> {
  const gpu = 'gpu' in options ? options.gpu : globalThis.navigator?.gpu
  const { device, info } = await requestDevice(gpu)
  try {
    checkStorage(info, options.storage ?? 'f32')
  } catch (error) {
    device.destroy()
    throw error
  }
  return new Device(device, info, options)
}

/** A float32 variable of zeros. */
export const zeroVariable = (name: string, shape: Shape): Variable =>
  new Variable(name, shape, new Float32Array(sizeOf(shape)))
