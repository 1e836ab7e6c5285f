import { OutOfMemoryError, ShapeError } from '../errors.ts'
import {
  type Assignment,
  collectAssignments,
  type DType,
  inputTensor,
  type LoweringContext,
  type Tensor,
} from '../graph/tensor.ts'
import { groupKernel } from '../kernels/elementwise.wgsl.ts'
import { fuse } from '../plan/fuse.ts'
import { copy, lower, separateInputs } from '../plan/lower.ts'
import { type Place, type Placement, place } from '../plan/place.ts'
import { schedule } from '../plan/schedule.ts'
import { simplify } from '../plan/simplify.ts'
import { isLeaf, sourceOf } from '../plan/view.ts'
import { type Shape, sizeOf } from '../shape.ts'
import { tableKey } from '../tune/table.ts'
import type { Device } from './device.ts'

/** Shape of each input; u32 inputs (keys of random numbers) say so. */
export type InputSpec = Readonly<Record<string, Shape | { readonly shape: Shape; readonly dtype: DType }>>

export type InputValues<Inputs extends InputSpec> = { readonly [Name in keyof Inputs]: Float32Array | Uint32Array }

export interface CompileOptions {
  /** Called while kernels compile. */
  readonly onProgress?: (done: number, total: number) => void
  /** Fills the arena with NaN before each run, so that a value that no kernel wrote shows. For tests. */
  readonly poison?: boolean
  /** Forces algorithms; default: the device's tuning table, else the cost model's first guess. */
  readonly choose?: LoweringContext['choose']
}

interface Dispatch {
  readonly name: string
  readonly layer: string
  readonly pipeline: GPUComputePipeline
  readonly bindGroup: GPUBindGroup
  readonly workgroups: readonly [number, number, number]
}

/** What a traced function became: nodes that must be computed, by name. */
interface Trace {
  readonly inputs: ReadonlyMap<string, Tensor>
  readonly outputs: ReadonlyMap<string, Tensor>
  readonly assignments: readonly Assignment[]
}

function traceModel<Inputs extends InputSpec>(
  model: (inputs: { readonly [Name in keyof Inputs]: Tensor }) => Readonly<Record<string, Tensor>>,
  spec: Inputs,
): Trace {
  const inputs = new Map(
    Object.entries(spec).map(([name, input]) =>
      'dtype' in input ? [name, inputTensor(name, input.shape, input.dtype)] : [name, inputTensor(name, input)],
    ),
  )
  const { result, assignments } = collectAssignments(() =>
    model(Object.fromEntries(inputs) as { readonly [Name in keyof Inputs]: Tensor }),
  )
  return { inputs, outputs: new Map(Object.entries(result)), assignments }
}

/** Runs the passes over the roots together, so that they go on sharing nodes. */
function throughPasses(trace: Trace, context: LoweringContext): Trace {
  const outputNames = [...trace.outputs.keys()]
  const roots = [...trace.outputs.values(), ...trace.assignments.map(({ value }) => value)]
  const lowered = separateInputs(simplify(lower(simplify(roots), context))).map((root) =>
    isLeaf(sourceOf(root)) ? copy(root) : root,
  )
  const outputs = new Map(outputNames.map((name, i) => [name, rootAt(lowered, i)]))
  const assignments = trace.assignments.map(({ variable }, i) => ({
    variable,
    value: rootAt(lowered, outputNames.length + i),
  }))
  return { inputs: trace.inputs, outputs, assignments }
}

function rootAt(roots: readonly Tensor[], i: number): Tensor {
  const root = roots[i]
  if (root === undefined) throw new Error('a pass lost a root of the graph')
  return root
}

/** Traces, plans and compiles; `Device.compile` is the way in. */
export async function compileProgram<Inputs extends InputSpec, Outputs extends Readonly<Record<string, Tensor>>>(
  device: Device,
  model: (inputs: { readonly [Name in keyof Inputs]: Tensor }) => Outputs,
  inputSpec: Inputs,
  options: CompileOptions,
): Promise<Program<Inputs, keyof Outputs & string>> {
  const { traits } = device.info
  const choose: LoweringContext['choose'] =
    options.choose ??
    ((key, candidates) => {
      const tuned = device.tuning?.get(tableKey(device.info.key, key))
      const candidate = candidates.find(({ name }) => name === tuned) ?? candidates[0]
      if (candidate === undefined) throw new Error(`there is no algorithm for ${key}`)
      return candidate
    })
  const trace = throughPasses(traceModel(model, inputSpec), { adapter: traits, choose })
  const groups = schedule(
    fuse([...trace.outputs.values(), ...trace.assignments.map(({ value }) => value)], traits.maxStorageBuffers),
  )
  const placement = place(groups, [...trace.outputs.values()], trace.assignments)
  checkBindings(device, placement)

  const ownerOf = ownersIn(placement, trace.assignments)
  const kernels = groups.map((group) => ({ group, kernel: groupKernel(group, traits, ownerOf) }))
  let done = 0
  const texts = new Set(kernels.map(({ kernel }) => kernel.wgsl))
  const pipelines = new Map<string, GPUComputePipeline>()
  await device.guard(
    Promise.all(
      kernels
        .filter(({ kernel }) => texts.delete(kernel.wgsl))
        .map(async ({ kernel }, _, unique) => {
          pipelines.set(kernel.wgsl, await device.pipelines.get(kernel.name, kernel.wgsl, kernel.operands.length))
          options.onProgress?.(++done, unique.length)
        }),
    ),
  )

  const arena = device.createBuffer('arena', placement.arenaBytes)
  const rangeOf = (tensor: Tensor): GPUBufferBinding & { buffer: GPUBuffer } => {
    const at = placeOf(placement, tensor)
    return at.in === 'arena'
      ? { buffer: arena, offset: at.offset, size: at.bytes }
      : { buffer: device.bufferOf(at.variable), size: at.bytes }
  }
  const dispatches = kernels.map(({ group, kernel }): Dispatch => {
    const pipeline = pipelines.get(kernel.wgsl)
    if (pipeline === undefined) throw new Error(`kernel ${kernel.name} was not compiled`)
    const entries = kernel.operands.map((operand, binding) => ({ binding, resource: rangeOf(operand) }))
    const bindGroup = device.gpuDevice.createBindGroup({
      label: kernel.name,
      layout: device.pipelines.layout(entries.length).bindGroup,
      entries,
    })
    return {
      name: kernel.name,
      layer: (group.anchor ?? group.members.at(-1))?.layer ?? '',
      pipeline,
      bindGroup,
      workgroups: kernel.workgroups,
    }
  })
  return new Program(device, {
    arena,
    arenaBytes: placement.arenaBytes,
    lowerBoundBytes: placement.lowerBoundBytes,
    dispatches,
    inputs: new Map(
      [...trace.inputs].flatMap(([name, tensor]) => [
        [name, { tensor, range: placement.places.has(tensor) ? rangeOf(tensor) : undefined }] as const,
      ]),
    ),
    outputs: new Map(
      [...trace.outputs].map(([name, tensor]) => [
        name,
        { shape: tensor.shape, dtype: tensor.dtype, range: rangeOf(sourceOf(tensor)) },
      ]),
    ),
    copies: placement.copies.map(({ variable, value }) => ({
      from: rangeOf(sourceOf(value)),
      to: device.bufferOf(variable),
    })),
    poison: options.poison ?? false,
  })
}

function placeOf(placement: Placement, tensor: Tensor): Place {
  const at = placement.places.get(tensor)
  if (at === undefined) throw new Error(`${tensor.op.name} ${tensor.layer} has no place in memory`)
  return at
}

/** Two values that share a variable's buffer have one owner, and one binding in a kernel. */
function ownersIn(placement: Placement, assignments: readonly Assignment[]): (tensor: Tensor) => Tensor {
  const owners = new Map<Tensor, Tensor>()
  for (const { variable, value } of assignments) {
    const at = placement.places.get(sourceOf(value))
    if (at?.in === 'variable' && at.variable === variable) owners.set(sourceOf(value), variable.value)
  }
  return (tensor) => owners.get(tensor) ?? tensor
}

function checkBindings(device: Device, { places, arenaBytes }: Placement): void {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.info.limits
  for (const [tensor, { bytes }] of places) {
    if (bytes > maxStorageBufferBindingSize) {
      throw new OutOfMemoryError(
        `${tensor.layer || tensor.op.name} ${tensor.shape.join('x')} needs ${bytes} bytes, this adapter binds at most ${maxStorageBufferBindingSize}: use a smaller batch or image tile`,
      )
    }
  }
  if (arenaBytes > maxBufferSize) {
    throw new OutOfMemoryError(
      `the program needs ${arenaBytes} bytes, this adapter allows ${maxBufferSize}: use a smaller batch or image tile`,
    )
  }
}

interface Plan {
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

  /** Kernels in the order in which they run, with the layer each belongs to. */
  get kernels(): readonly { readonly name: string; readonly layer: string }[] {
    return this.#plan.dispatches.map(({ name, layer }) => ({ name, layer }))
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
    const { gpuDevice, staging } = this.#device
    this.#upload(inputs)
    const encoder = gpuDevice.createCommandEncoder()
    const pass = encoder.beginComputePass()
    for (const { pipeline, bindGroup, workgroups } of this.#plan.dispatches) {
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, bindGroup)
      pass.dispatchWorkgroups(...workgroups)
    }
    pass.end()
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
      queue.writeBuffer(this.#plan.arena, 0, new Float32Array(this.#plan.arenaBytes / 4).fill(Number.NaN))
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
