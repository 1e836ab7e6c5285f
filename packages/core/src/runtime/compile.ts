import { InputError, OutOfMemoryError } from '../errors.ts'
import {
  type Assignment,
  collectAssignments,
  inputNameOf,
  inputTensor,
  type LoweringContext,
  Tensor,
  topological,
} from '../graph/tensor.ts'
import { LEAST_BINDING_BYTES } from '../kernels/kernel.ts'
import { fuse, type Group } from '../plan/fuse.ts'
import { type GroupKernel, groupKernel } from '../plan/group-kernel.ts'
import { withHalfStorage } from '../plan/half-storage.ts'
import { halfValues } from '../plan/half-values.ts'
import { copy, lower, separateInputs } from '../plan/lower.ts'
import { maskPooled } from '../plan/mask-pooled.ts'
import { type Place, type Placement, place } from '../plan/place.ts'
import { schedule } from '../plan/schedule.ts'
import { simplify } from '../plan/simplify.ts'
import { isLeaf, sourceOf } from '../plan/view.ts'
import { workOf } from '../profile/work.ts'
import { checkStorage } from './adapter.ts'
import type { BufferRange, Device } from './device.ts'
import { type CompileOptions, type Dispatch, type InputSpec, type Plan, Program } from './program.ts'

/** What a traced function became: nodes that must be computed, by name. */
export interface Trace {
  readonly inputs: ReadonlyMap<string, Tensor>
  readonly outputs: ReadonlyMap<string, Tensor>
  readonly assignments: readonly Assignment[]
}

/**
 * Calls a model once with symbolic inputs.
 * @throws InputError when it is asynchronous, returns what is no tensor, or uses an input of another model.
 */
export function traceModel<Inputs extends InputSpec>(
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
  checkResult(result)
  const outputs = new Map(Object.entries(result))
  checkInputs([...outputs.values(), ...assignments.map(({ value }) => value)], inputs)
  return { inputs, outputs, assignments }
}

/** Refuses what a model may not return. */
function checkResult(result: unknown): asserts result is Readonly<Record<string, Tensor>> {
  if (result instanceof Promise) {
    result.catch(() => {})
    throw new InputError(
      'the model function is asynchronous; it is called once, to see what it computes, and must return its tensors at once: await what it needs before it is compiled',
    )
  }
  const isRecord = typeof result === 'object' && result !== null && !(result instanceof Tensor)
  const [name, wrong] = isRecord ? (Object.entries(result).find(([, value]) => !(value instanceof Tensor)) ?? []) : []
  if (isRecord && name === undefined) return
  throw new InputError(
    `the model function returned ${name === undefined ? 'no object' : `${wrong === null ? 'null' : typeof wrong} as ${name}`}; expected an object of tensors by name`,
  )
}

/** Refuses inputs that are not those of this call of the model: they have no values here. */
function checkInputs(roots: readonly Tensor[], inputs: ReadonlyMap<string, Tensor>): void {
  for (const tensor of topological(roots)) {
    const name = inputNameOf(tensor)
    if (name === undefined || inputs.get(name) === tensor) continue
    throw new InputError(
      `the model function uses a tensor of another trace: input ${name} there; a tensor that is made of inputs is good for the call of the function that it was made in: compute it there, or pass its values as an input or a Variable`,
    )
  }
}

/** Runs the passes over the roots together, so that they go on sharing nodes. */
function throughPasses(trace: Trace, context: LoweringContext): Trace {
  const outputNames = [...trace.outputs.keys()]
  const roots = [...trace.outputs.values(), ...trace.assignments.map(({ value }) => value)]
  const lowered = separateInputs(simplify(lower(maskPooled(simplify(roots)), context))).map((root) =>
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
  const storage = options.storage ?? device.storage
  checkStorage(device.info, storage)
  const trace = throughPasses(traceModel(model, inputSpec), {
    adapter: traits,
    choose: options.choose ?? device.choices.choose,
    winograd: options.winograd ?? device.winograd,
  })
  const roots = [...trace.outputs.values(), ...trace.assignments.map(({ value }) => value)]
  const groups = schedule(fuse(roots, traits.maxStorageBuffers))
  const halves = storage === 'f16' ? halfValues(groups, roots) : new Set<Tensor>()
  const placement = place(groups, [...trace.outputs.values()], trace.assignments, halves)
  checkBindings(device, placement)

  const ownerOf = ownersIn(placement, trace.assignments)
  const kernels = groups.map((group) => ({
    group,
    kernel: withHalfStorage(groupKernel(group, traits, ownerOf), halves),
  }))
  const { pipelines, release } = await pipelinesOf(device, kernels, options)
  let arena: GPUBuffer | undefined
  try {
    const plan = await device.attempt(() => {
      arena = device.createBuffer('arena', placement.arenaBytes)
      return bindAll(device, trace, placement, kernels, pipelines, arena)
    })
    return new Program(device, { ...plan, poison: options.poison ?? false, release })
  } catch (error) {
    arena?.destroy()
    release()
    throw error
  }
}

interface PlacedKernel {
  readonly group: Group
  readonly kernel: GroupKernel
}

/** The pipelines of kernels by their text, each compiled once, and what gives them back. */
async function pipelinesOf(
  device: Device,
  kernels: readonly PlacedKernel[],
  { onProgress }: CompileOptions,
): Promise<{ pipelines: ReadonlyMap<string, GPUComputePipeline>; release: () => void }> {
  const unique = [...new Map(kernels.map(({ kernel }) => [kernel.wgsl, kernel])).values()]
  const pipelines = new Map<string, GPUComputePipeline>()
  const release = (): void => {
    for (const wgsl of pipelines.keys()) device.pipelines.release(wgsl)
  }
  let done = 0
  const compiled = await device.guard(
    Promise.allSettled(
      unique.map(async ({ name, wgsl, operands }) => {
        pipelines.set(wgsl, await device.pipelines.take(name, wgsl, operands.length))
        onProgress?.(++done, unique.length)
      }),
    ),
  )
  const failed = compiled.find((each) => each.status === 'rejected')
  if (failed === undefined) return { pipelines, release }
  release()
  return device.guard(Promise.reject(failed.reason))
}

/** Binds what the kernels read and write, in the arena and in the variables. */
function bindAll(
  device: Device,
  trace: Trace,
  placement: Placement,
  kernels: readonly PlacedKernel[],
  pipelines: ReadonlyMap<string, GPUComputePipeline>,
  arena: GPUBuffer,
): Omit<Plan, 'poison' | 'release'> {
  const rangeOf = (tensor: Tensor): BufferRange => {
    const at = placeOf(placement, tensor)
    return at.in === 'arena'
      ? { buffer: arena, offset: at.offset, size: at.bytes }
      : { buffer: device.bufferOf(at.variable), size: at.bytes }
  }
  const bindingOf = (tensor: Tensor): GPUBufferBinding => {
    const range = rangeOf(tensor)
    return { ...range, size: Math.max(range.size, LEAST_BINDING_BYTES) }
  }
  const dispatches = kernels.map(({ group, kernel }): Dispatch => {
    const pipeline = pipelines.get(kernel.wgsl)
    if (pipeline === undefined) throw new Error(`kernel ${kernel.name} was not compiled`)
    const entries = kernel.operands.map((operand, binding) => ({ binding, resource: bindingOf(operand) }))
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
      isRepeatable: !writesWhatItReads(group, placement),
      ...workOf(group, (tensor) => placeOf(placement, tensor).bytes),
    }
  })
  return {
    arena,
    arenaBytes: placement.arenaBytes,
    lowerBoundBytes: placement.lowerBoundBytes,
    dispatches,
    inputs: new Map(
      [...trace.inputs].map(([name, tensor]) => [
        name,
        { tensor, range: placement.places.has(tensor) ? rangeOf(tensor) : undefined },
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
  }
}

function placeOf(placement: Placement, tensor: Tensor): Place {
  const at = placement.places.get(tensor)
  if (at === undefined) throw new Error(`${tensor.op.name} ${tensor.layer} has no place in memory`)
  return at
}

function writesWhatItReads({ reads, stores }: Group, placement: Placement): boolean {
  const readPlaces = reads.map((tensor) => placeOf(placement, tensor))
  return stores.some((tensor) => readPlaces.some((place) => overlap(place, placeOf(placement, tensor))))
}

const overlap = (a: Place, b: Place): boolean =>
  a.in === 'arena'
    ? b.in === 'arena' && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes
    : b.in === 'variable' && a.variable === b.variable

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
