import { readFile, writeFile } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import type { AutoencoderEnd } from '@noisescope/autoencoder'
import { InputError } from '@noisescope/core'
import { plainStateDict, type StoredTensor, writeSafetensors } from '@noisescope/nn'
import { readWeights } from '@noisescope/weights'
import { writableFolder } from './files.ts'
import { type ModelKind, type ModelOptions, modelKind } from './models.ts'
import { type CommonOptions, type Output, table } from './output.ts'
import { optionsFrom } from './weights.ts'

export interface ConvertOptions extends CommonOptions {
  readonly model?: string
  readonly end?: AutoencoderEnd
  readonly force?: boolean
}

type Tensors = ReadonlyMap<string, StoredTensor>

/**
 * Writes weights of any known format as safetensors. With a model named, they get the names of its variables, and the
 * file says which model it is of, so that the other commands use it.
 * @throws InputError when the input cannot be used, does not fit the model, or the output is there already.
 */
export async function convertCommand(
  input: string,
  destination: string,
  { model: name, end, force = false }: ConvertOptions,
  output: Output,
): Promise<void> {
  if (extname(destination) !== '.safetensors')
    throw new InputError(`weights are written as safetensors: ${destination} must end in .safetensors`)
  const bytes = await readFile(input).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`the weights ${input} cannot be read (${cause.code}); give a file of weights`, { cause })
  })
  const { tensors: found, metadata, format } = await readWeights(bytes, input)
  // What a training script noted beside its weights must not pass for a record of ours.
  const notes =
    format === 'safetensors'
      ? metadata
      : Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`checkpoint.${key}`, value]))
  const { tensors, record } =
    name === undefined
      ? { tensors: found, record: {} }
      : fitted(modelKind(name), found, input, end === undefined ? optionsFrom(notes.options, input) : { end })
  await writableFolder(dirname(destination))
  await writeFile(destination, writeSafetensors(tensors, { ...notes, ...record }), { flag: force ? 'w' : 'wx' }).catch(
    (cause: NodeJS.ErrnoException) => {
      const remedy =
        cause.code === 'EEXIST' ? 'is there already; give --force to replace it' : `cannot be written (${cause.code})`
      throw new InputError(`${destination} ${remedy}`, { cause })
    },
  )
  const list = [...tensors].map(([tensor, { shape, data }]) => ({ name: tensor, shape, values: data.length }))
  const rows = list.map(({ name: tensor, shape, values }) => [tensor, shapeText(shape), values.toLocaleString('en')])
  for (const line of table([['tensor', 'shape', 'values'], ...rows])) output.line(line)
  const total = list.reduce((sum, { values }) => sum + values, 0)
  output.line(`${input} (${format}): ${list.length} tensors, ${total.toLocaleString('en')} values -> ${destination}`)
  output.result({ input, format, output: destination, model: name ?? null, tensors: list })
}

const shapeText = (shape: readonly number[]): string => (shape.length === 0 ? 'scalar' : shape.join('x'))

/** Tensors under the names of the model's variables, and what the file says of the model. */
function fitted(kind: ModelKind, found: Tensors, source: string, said: ModelOptions) {
  const { options, values } = kind.recognise(plainStateDict(found), source, said)
  const tensors: Tensors = new Map([...values].map(([{ name, shape }, data]) => [name, { shape, data }]))
  return { tensors, record: { model: kind.name, options: JSON.stringify(options) } }
}
