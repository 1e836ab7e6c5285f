import { OutOfMemoryError } from '../errors.ts'
import { type Assignment, collectAssignments, inputTensor, type LoweringContext, type Tensor } from '../graph/tensor.ts'
import { fuse, type Group } from '../plan/fuse.ts'
import { groupKernel } from '../plan/group-kernel.ts'
import { withHalfStorage } from '../plan/half-storage.ts'
import { halfValues } from '../plan/half-values.ts'
import { copy, lower, separateInputs } from '../plan/lower.ts'
import { maskPooled } from '../plan/mask-pooled.ts'
import { type Place, type Placement, place } from '../plan/place.ts'
import { schedule } from '../plan/schedule.ts'
import { simplify } from '../plan/simplify.ts'
import { isLeaf, sourceOf } from '../plan/view.ts'
import { workOf } from '../profile/work.ts'
import { tableKey } from '../tune/table.ts'
import { checkStorage } from './adapter.ts'
import type { Device } from './device.ts'
import { type CompileOptions, type Dispatch, type InputSpec, Program } from './program.ts'

/** What a traced function became: nodes that must be computed, by name. */
export interface Trace {
  readonly inputs: ReadonlyMap<string, Tensor>
  readonly outputs: ReadonlyMap<string, Tensor>
  readonly assignments: readonly Assignment[]
}

/** Calls a model once with symbolic inputs. */
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
  return { inputs, outputs: new Map(Object.entries(result)), assignments }
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
  const choose: LoweringContext['choose'] =
    options.choose ??
    ((key, candidates) => {
      const tuned = device.tuning?.get(tableKey(device.info.key, key, candidates))
      const candidate = candidates.find(({ name }) => name === tuned) ?? candidates[0]
      if (candidate === undefined) throw new Error(`there is no algorithm for ${key}`)
      return candidate
    })
  const trace = throughPasses(traceModel(model, inputSpec), {
    adapter: traits,
    choose,
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
      isRepeatable: !writesWhatItReads(group, placement),
      ...workOf(group, (tensor) => placeOf(placement, tensor).bytes),
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
