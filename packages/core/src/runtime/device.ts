import { DeviceLostError, OutOfMemoryError } from '../errors.ts'
import { checkValues, type Tensor, Variable } from '../graph/tensor.ts'
import { LEAST_BINDING_BYTES } from '../kernels/kernel.ts'
import type { Profiler } from '../profile/profiler.ts'
import { type Shape, sizeOf } from '../shape.ts'
import { Choices } from '../tune/choices.ts'
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

/** Bytes of a buffer. */
export interface BufferRange {
  readonly buffer: GPUBuffer
  /** Default 0. */
  readonly offset?: number
  readonly size: number
}

/** How long a failure waits for the word that the device is lost, which is then its reason. */
const LOSS_MILLISECONDS = 500

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
  /** Which algorithms its programs get, and got. */
  readonly choices: Choices
  readonly winograd: boolean
  readonly storage: StorageFormat
  /** Times the kernels of every program that runs while it is set. */
  profiler: Profiler | undefined
  /** Resolves, never rejects, when the device is lost for another reason than `dispose`. */
  readonly lost: Promise<DeviceLostError>
  readonly #variables = new Map<Variable, GPUBuffer>()
  readonly #programs = new Set<Program>()
  /** Whether there was memory for the variables that are being made. */
  readonly #made: Promise<GPUError | null>[] = []
  readonly #unawaited = new Set<Promise<void>>()
  readonly #whileAwaited: DeviceOptions['whileAwaited']
  #awaited = 0
  /** Why the device is lost. */
  #loss: DeviceLostError | undefined
  /** What went wrong with work that nobody waits for, until it is said. */
  #untold: Error | undefined
  #disposed = false

  constructor(
    gpuDevice: GPUDevice,
    info: AdapterInfo,
    { tuning, whileAwaited, winograd = true, storage = 'f32' }: Omit<DeviceOptions, 'gpu'> = {},
  ) {
    this.gpuDevice = gpuDevice
    this.info = info
    this.tuning = tuning
    this.choices = new Choices(info.key, tuning)
    this.winograd = winograd
    this.storage = storage
    this.#whileAwaited = info.traits.kind === 'software' ? whileAwaited : undefined
    this.pipelines = new Pipelines(gpuDevice)
    this.staging = new Staging(gpuDevice)
    this.lost = gpuDevice.lost.then((info) => {
      const error = new DeviceLostError(
        `the WebGPU device was lost (${info.reason}): ${info.message || 'no reason given'}; open it again and go on from the last checkpoint`,
      )
      this.#loss ??= error
      return this.#disposed ? new Promise<DeviceLostError>(() => {}) : error
    })
    gpuDevice.addEventListener('uncapturederror', this.#hear)
  }

  readonly #hear = (event: Event): void => {
    const { error } = event as GPUUncapturedErrorEvent
    this.#tellLater(error.constructor.name === 'GPUOutOfMemoryError' ? outOfMemory(error) : refused(error))
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

  /** The device's buffer of a variable, made and filled with its initial value on first use; called in `attempt` or `submit`. */
  bufferOf(variable: Variable): GPUBuffer {
    return this.#variables.get(variable) ?? this.#store(variable, variable.initial)
  }

  #store(variable: Variable, values: Float32Array | Uint32Array): GPUBuffer {
    const buffer = this.#bufferFor(variable)
    this.gpuDevice.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>)
    return buffer
  }

  #bufferFor(variable: Variable): GPUBuffer {
    const known = this.#variables.get(variable)
    if (known !== undefined) return known
    this.gpuDevice.pushErrorScope('out-of-memory')
    const buffer = this.createBuffer(`variable ${variable.name}`, bytesOf(variable))
    this.#variables.set(variable, buffer)
    const forget = (error: GPUError | null): GPUError | null => {
      if (error !== null && this.#variables.get(variable) === buffer) this.#variables.delete(variable)
      return error
    }
    this.#made.push(this.gpuDevice.popErrorScope().then(forget))
    return buffer
  }

  /**
   * Does `work`, which makes things for the GPU, and waits until it is known that there was room for them and that nothing was
   * wrong with them. The device lives on.
   * @throws OutOfMemoryError when the adapter has no memory for them; Error when WebGPU refuses them; DeviceLostError.
   */
  async attempt<Result>(work: () => Result): Promise<Result> {
    const { result, problem } = this.#watched(work)
    await this.guard(problem.then(throwIfAny))
    return result
  }

  /**
   * Submits what `encode` records and then the copies of the ranges that it returns to this side, whose bytes it waits for.
   * Without any it waits for nothing: what goes wrong is said by the next call that waits for something.
   * @throws OutOfMemoryError; DeviceLostError; Error when WebGPU refuses it. The device lives on, unless it is lost.
   */
  async submit(
    encode: (encoder: GPUCommandEncoder) => readonly BufferRange[],
    submitted: () => void = () => {},
  ): Promise<ArrayBuffer[]> {
    const { result: readings, problem } = this.#watched(() => {
      const encoder = this.gpuDevice.createCommandEncoder()
      const copies = encode(encoder).map(({ buffer, offset = 0, size }) => {
        const copy = this.staging.take(size)
        encoder.copyBufferToBuffer(buffer, offset, copy, 0, size)
        return copy
      })
      this.gpuDevice.queue.submit([encoder.finish()])
      submitted()
      return copies.map((copy) => this.staging.read(copy))
    })
    if (readings.length === 0) {
      this.#awaitLater(problem)
      return []
    }
    const settled = Promise.allSettled(readings)
    const bytes = async (): Promise<ArrayBuffer[]> => {
      await problem.then(throwIfAny)
      return (await settled).map((reading) => {
        if (reading.status === 'rejected') throw reading.reason
        return reading.value
      })
    }
    return this.guard(bytes())
  }

  /** Does `work`, and says what WebGPU finds wrong with it: soon, without waiting for the GPU. */
  #watched<Result>(work: () => Result): { readonly result: Result; readonly problem: Promise<Error | undefined> } {
    const { gpuDevice } = this
    const scopes = ['validation', 'out-of-memory'] as const
    for (const scope of scopes) gpuDevice.pushErrorScope(scope)
    const end = async (): Promise<Error | undefined> => {
      const [memory, validation] = scopes.map(() => gpuDevice.popErrorScope())
      // What there was no memory for is refused, too, where it is used.
      const missing = await Promise.all([memory, ...this.#made.splice(0)])
      const short = missing.find((error) => error)
      const invalid = await validation
      return short ? outOfMemory(short) : invalid ? refused(invalid) : undefined
    }
    try {
      const result = work()
      return { result, problem: end() }
    } catch (error) {
      end().catch(() => {})
      throw error
    }
  }

  /** For work whose caller does not wait. */
  #awaitLater(problem: Promise<Error | undefined>): void {
    const told = problem
      .then(this.#tellLater, () => {})
      .finally(() => {
        this.#unawaited.delete(told)
      })
    this.#unawaited.add(told)
  }

  readonly #tellLater = (error: Error | undefined): void => {
    this.#untold ??= error
  }

  /** A storage buffer. @throws OutOfMemoryError when the adapter's limits are smaller. */
  createBuffer(label: string, bytes: number): GPUBuffer {
    const { maxBufferSize } = this.info.limits
    if (bytes > maxBufferSize) {
      throw new OutOfMemoryError(
        `${label} needs ${bytes} bytes, this adapter allows buffers of at most ${maxBufferSize}: use a smaller batch or image tile`,
      )
    }
    return this.gpuDevice.createBuffer({
      label,
      size: Math.max(bytes, LEAST_BINDING_BYTES),
      usage: STORAGE | COPY_SRC | COPY_DST,
    })
  }

  /** Stores new values in a variable. @throws ShapeError when their number or type differs. */
  write(variable: Variable, values: Float32Array | Uint32Array): void {
    checkValues(`variable ${variable.name}`, values, variable)
    const { problem } = this.#watched(() => this.#store(variable, values))
    this.#awaitLater(problem)
  }

  /** The present values of variables, in their order. @throws DeviceLostError */
  async read(variables: readonly Variable[]): Promise<Float32Array[]> {
    this.check()
    const values = await this.submit(() =>
      variables.map((variable) => ({ buffer: this.bufferOf(variable), offset: 0, size: bytesOf(variable) })),
    )
    return values.map((bytes) => new Float32Array(bytes))
  }

  /** Frees a variable's buffer; it starts from its initial value if it is used again. */
  forget(variables: readonly Variable[]): void {
    for (const variable of variables) {
      this.#variables.get(variable)?.destroy()
      this.#variables.delete(variable)
    }
  }

  /**
   * Waits until everything submitted so far is done.
   * @throws DeviceLostError; what went wrong with work that nobody waited for.
   */
  async idle(): Promise<void> {
    await this.guard(Promise.all([this.gpuDevice.queue.onSubmittedWorkDone(), ...this.#unawaited]))
  }

  /**
   * Rejects with the reason that is known (device lost, out of memory) instead of WebGPU's own error, also where `work` succeeds
   * and other work that nobody waits for failed.
   */
  async guard<Result>(work: Promise<Result>): Promise<Result> {
    this.#awaited++
    if (this.#awaited === 1) this.#whileAwaited?.(() => this.#awaited > 0)
    try {
      const result = await work
      this.check()
      return result
    } catch (error) {
      if (error instanceof OutOfMemoryError) throw this.#loss ?? error
      // The loss is announced a moment after the work that it stops.
      await Promise.race([this.gpuDevice.lost, new Promise((resolve) => setTimeout(resolve, LOSS_MILLISECONDS))])
      throw this.#loss ?? this.#takeUntold() ?? error
    } finally {
      this.#awaited--
    }
  }

  /** @throws DeviceLostError; or what went wrong with work that nobody waits for, which is told once. */
  check(): void {
    const error = this.#loss ?? this.#takeUntold()
    if (error !== undefined) throw error
  }

  #takeUntold(): Error | undefined {
    const error = this.#untold
    this.#untold = undefined
    return error
  }

  /** False once the device was lost: whatever it is asked for then fails. */
  get isUsable(): boolean {
    return this.#loss === undefined
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
    this.pipelines.clear()
    // Dawn in Node keeps a device that is listened to for good.
    this.gpuDevice.removeEventListener('uncapturederror', this.#hear)
    this.gpuDevice.destroy()
  }
}

const throwIfAny = (error: Error | undefined): void => {
  if (error !== undefined) throw error
}

const bytesOf = ({ shape }: Variable): number => sizeOf(shape) * Float32Array.BYTES_PER_ELEMENT

const outOfMemory = ({ message }: GPUError): OutOfMemoryError =>
  new OutOfMemoryError(
    `the adapter has no memory left for a program: use a smaller batch or image tile (WebGPU: ${message.split('\n')[0]})`,
  )

/** Nothing that users give should come to this: it is checked before. */
const refused = ({ message }: GPUError): Error => new Error(`WebGPU refused a program: ${message}`)

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
