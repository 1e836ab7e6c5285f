import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import {
  type Algorithms,
  type Device,
  InputError,
  NotFiniteError,
  parsedJson,
  sameShape,
  showShape,
  type Variable,
} from '@noisescope/core'
import { type Model, variablesOf } from './model.ts'
import type { Optimiser } from './optimisers.ts'
import { readSafetensors, type StoredTensor } from './safetensors.ts'
import { writeSafetensors } from './write-safetensors.ts'

/** Everything that a run needs to go on to the same numbers as if it had not been interrupted. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number
  /** Loss of each step. */
  readonly losses: readonly number[]
  /** Validation result of each epoch that had one; early stopping counts them. */
  readonly validations: readonly number[]
  /** Parameters, running statistics and the optimiser's moments, by name. */
  readonly tensors: ReadonlyMap<string, StoredTensor>
  /** What the run was started with; another one is refused when resuming. */
  readonly settings: Readonly<Record<string, string>>
  /** Which algorithms the run's programs had on their adapter; others sum in another order, and give other last digits. */
  readonly algorithms?: Algorithms
}

const stateOf = (model: Model, optimiser: Optimiser): Variable[] => [...variablesOf(model), ...optimiser.state]

/**
 * Reads the present state of a run from the device.
 * @throws NotFiniteError when a value is NaN or infinite: a checkpoint is good, or it is not made.
 */
export async function takeCheckpoint(
  device: Device,
  {
    model,
    optimiser,
    ...progress
  }: Omit<Checkpoint, 'tensors' | 'algorithms'> & { model: Model; optimiser: Optimiser },
): Promise<Checkpoint> {
  const { step, losses, validations, settings } = progress
  const variables = stateOf(model, optimiser)
  const values = await device.read(variables)
  const tensors = new Map(
    variables.map(({ name, shape }, i) => [name, { shape, data: values[i] ?? new Float32Array() }]),
  )
  for (const [name, { data }] of tensors) {
    if (data.some((value) => !Number.isFinite(value))) {
      throw new NotFiniteError(
        `${name} holds NaN or infinity after step ${step}: try a smaller learning rate (a tenth); the last checkpoint is from before`,
      )
    }
  }
  const { made: algorithms } = device.choices
  return { step, losses: [...losses], validations: [...validations], tensors, settings, algorithms }
}

/**
 * Puts a checkpoint's values on the device, all or none.
 * @throws InputError listing all that differs when it is of another model, optimiser or other settings.
 */
export function restoreCheckpoint(
  device: Device,
  checkpoint: Checkpoint,
  run: { model: Model; optimiser: Optimiser; settings: Readonly<Record<string, string>> },
): void {
  const problems: string[] = []
  for (const name of new Set([...Object.keys(run.settings), ...Object.keys(checkpoint.settings)])) {
    const stored = checkpoint.settings[name]
    const value = run.settings[name]
    if (stored !== value)
      problems.push(`it was made with ${name} ${stored ?? 'not set'}, this run has ${value ?? 'none'}`)
  }
  const variables = stateOf(run.model, run.optimiser)
  const matched = variables.flatMap((variable) => {
    const stored = checkpoint.tensors.get(variable.name)
    if (stored !== undefined && sameShape(stored.shape, variable.shape)) return [{ variable, data: stored.data }]
    const found = stored === undefined ? 'no' : showShape(stored.shape)
    problems.push(`it has ${found} ${variable.name}, expected ${showShape(variable.shape)}`)
    return []
  })
  const expected = new Set(variables.map(({ name }) => name))
  for (const name of checkpoint.tensors.keys())
    if (!expected.has(name)) problems.push(`it has ${name}, this run has none`)
  if (problems.length > 0) {
    throw new InputError(`the checkpoint is of another run: ${problems.join('; ')}; resume with what it was made with`)
  }
  for (const { variable, data } of matched) device.write(variable, data)
}

/** A checkpoint as a safetensors file with a hash of its content; the losses are a tensor of their own. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { step, losses, validations, settings, algorithms = {} } = checkpoint
  const tensors = new Map([
    ...checkpoint.tensors,
    [LOSSES, { shape: [losses.length], data: Float32Array.from(losses) }],
  ])
  const metadata = {
    step: String(step),
    settings: JSON.stringify(settings),
    validations: JSON.stringify(validations),
    algorithms: JSON.stringify(algorithms),
  }
  return writeSafetensors(tensors, { ...metadata, [HASH]: hashOf(tensors, metadata) })
}

/**
 * Reads what `encodeCheckpoint` wrote.
 * @param name of the file, for messages.
 * @throws InputError when the file is no checkpoint, or one that was damaged.
 */
export function decodeCheckpoint(bytes: Uint8Array, name: string): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, name)
  const refuse = (): never => {
    throw new InputError(`${name} is a safetensors file but not a checkpoint of a training run`)
  }
  const { [HASH]: hash, ...others } = metadata
  const losses = tensors.get(LOSSES)?.data
  const settings = parsedJson(metadata.settings ?? '', refuse)
  const validations = parsedJson(metadata.validations ?? '', refuse)
  const algorithms = parsedJson(metadata.algorithms ?? '{}', refuse)
  if (losses === undefined || String(losses.length) !== metadata.step) return refuse()
  if (!isTextTable(settings) || !isNumberList(validations) || !isTextTable(algorithms)) return refuse()
  // Checkpoints had neither hash nor algorithms before.
  const isOld = Object.keys(metadata).sort().join() === 'settings,step,validations'
  if (!isOld && hash !== hashOf(tensors, others)) {
    throw new InputError(`${name} is damaged: its content is not the one that its SHA-256 was made of`)
  }
  const state = new Map([...tensors].filter(([key]) => key !== LOSSES))
  return { step: losses.length, losses: [...losses], validations, tensors: state, settings, algorithms }
}

/** SHA-256 of names, shapes, values and metadata. */
function hashOf(tensors: Checkpoint['tensors'], metadata: Readonly<Record<string, string>>): string {
  const parts = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))
  const shapes = parts.map(([name, { shape }]) => [name, shape])
  const hash = sha256.create()
  hash.update(utf8ToBytes(JSON.stringify([Object.entries(metadata).sort(), shapes])))
  for (const [, { data }] of parts) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return bytesToHex(hash.digest())
}

const HASH = 'sha256'
const LOSSES = 'run.losses'

const isTextTable = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => typeof each === 'string')

const isNumberList = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'number')
