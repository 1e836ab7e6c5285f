import { access } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import type { AutoencoderEnd } from '@noisescope/autoencoder'
import { InputError } from '@noisescope/core'
import { readWhole, writeWhole } from '@noisescope/core/node'
import { likelyKind, type ModelKind, type ModelOptions, modelKind, optionsFrom } from '@noisescope/models'
import { plainStateDict, type StoredStructure, type StoredTensor, writeSafetensors } from '@noisescope/nn'
import { exportOnnx } from '@noisescope/onnx'
import { readWeights } from '@noisescope/weights'
import { writableFolder } from './files.ts'
import { type CommonOptions, type Output, table } from './output.ts'
import { loadWeights, weightsFile } from './weights.ts'

export interface ConvertOptions extends CommonOptions {
  readonly model?: string
  readonly end?: AutoencoderEnd
  readonly force?: boolean
}

type Tensors = ReadonlyMap<string, StoredTensor>

/** What is to be written, and what is told of it. */
interface Converted {
  readonly bytes: Uint8Array
  readonly format: string
  readonly model: string | null
  readonly tensors: Tensors
}

/**
 * Writes weights of any known format as safetensors, or with their network as an ONNX model. With a model named, or where the
 * file says more of its network than tensors do (whole models, Keras' batch norm), tensors of safetensors get the names of
 * the model's variables, and the file says which model it is of, so that the other commands use it.
 * @throws InputError when the input cannot be used, does not fit the model, or the output is there already.
 */
export async function convertCommand(
  input: string,
  destination: string,
  options: ConvertOptions,
  output: Output,
): Promise<void> {
  const convert = { '.safetensors': toSafetensors, '.onnx': toOnnx }[extname(destination)]
  if (convert === undefined)
    throw new InputError(`weights are written as .safetensors or .onnx: ${destination} must end in one of them`)
  const { bytes, format, model, tensors } = await convert(input, options)
  await writableFolder(dirname(destination))
  if (!options.force && (await isThere(destination)))
    throw new InputError(`${destination} is there already; give --force to replace it`)
  await writeWhole(destination, bytes).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`${destination} cannot be written (${cause.code}); give another place`, { cause })
  })
  const list = [...tensors].map(([tensor, { shape, data }]) => ({ name: tensor, shape, values: data.length }))
  const rows = list.map(({ name: tensor, shape, values }) => [tensor, shapeText(shape), values.toLocaleString('en')])
  for (const line of table([['tensor', 'shape', 'values'], ...rows])) output.line(line)
  const total = list.reduce((sum, { values }) => sum + values, 0)
  output.line(`${input} (${format}): ${list.length} tensors, ${total.toLocaleString('en')} values -> ${destination}`)
  output.result({ input, format, output: destination, model, tensors: list })
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const shapeText = (shape: readonly number[]): string => (shape.length === 0 ? 'scalar' : shape.join('x'))

async function toSafetensors(input: string, { model: name, end }: ConvertOptions): Promise<Converted> {
  const { file, network } = weightsFile(input)
  const bytes = await readWhole(file, { refusal: (finding) => `the file of weights ${input} ${finding}` })
  const { tensors: found, metadata, format, ...structure } = await readWeights(bytes, input, network)
  const isOurs = format === 'safetensors'
  // What a training script noted beside its weights must not pass for a record of ours.
  const notes = isOurs
    ? metadata
    : Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`checkpoint.${key}`, value]))
  const said = isOurs || format.startsWith('keras') ? metadata.options : undefined
  const tells = said !== undefined || structure.layers !== undefined || structure.batchNormEps !== undefined
  // What tensors alone do not say, such as batch norm's epsilon, would be lost without the model.
  const kind =
    name !== undefined ? modelKind(name) : tells && !isOurs ? likelyKind(plainStateDict(found), structure) : undefined
  if (kind === undefined) return { bytes: writeSafetensors(found, notes), format, model: null, tensors: found }
  const known = end === undefined ? optionsFrom(said, input) : { end }
  const { tensors, record } = fitted(kind, found, input, known, structure)
  return { bytes: writeSafetensors(tensors, { ...notes, ...record }), format, model: kind.name, tensors }
}

/** Tensors under the names of the model's variables, and what the file says of the model. */
function fitted(kind: ModelKind, found: Tensors, source: string, said: ModelOptions, structure: StoredStructure) {
  const { options, values } = kind.recognise(plainStateDict(found), source, said, structure)
  return { tensors: named(values), record: { model: kind.name, options: JSON.stringify(options) } }
}

const named = (values: ReturnType<ModelKind['recognise']>['values']): Tensors =>
  new Map([...values].map(([{ name, shape }, data]) => [name, { shape, data }]))

/** The network is the one that the file names, else the one asked for, else the one that the tensors look like. */
async function toOnnx(input: string, { model: name, end }: ConvertOptions): Promise<Converted> {
  const { kind, model, options, values, notes, format } = await loadWeights({ weights: input, model: name, end })
  const metadata = { ...notes, model: kind.name, options: JSON.stringify(options) }
  return { bytes: exportOnnx({ model, values, metadata }), format, model: kind.name, tensors: named(values) }
}
