import { readFile, writeFile } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import type { AutoencoderEnd } from '@noisescope/autoencoder'
import { InputError, sameShape } from '@noisescope/core'
import { type Model, type StoredTensor, variablesOf, writeSafetensors } from '@noisescope/nn'
import { readWeights } from '@noisescope/weights'
import { writableFolder } from './files.ts'
import { type ModelOptions, modelKind } from './models.ts'
import { type CommonOptions, type Output, table } from './output.ts'
import { renameWeights } from './weight-names.ts'

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
  const tensors = name === undefined ? found : fittedWeights(name, found, input, output)
  // What a training script noted beside its weights must not pass for a record of ours.
  const notes =
    format === 'safetensors'
      ? metadata
      : Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`checkpoint.${key}`, value]))
  const options = end === undefined ? (notes.options ?? JSON.stringify(defaultOptions)) : JSON.stringify({ end })
  const record = name === undefined ? {} : { model: name, options }
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

/** Options of a model whose file does not say any; the variables are the same under all. */
const defaultOptions: ModelOptions = { end: 'sigmoid' }

function fittedWeights(name: string, found: Tensors, source: string, output: Output): Tensors {
  const tensors = renameWeights(name, found)
  const problems = misfits(modelKind(name).build(defaultOptions), tensors)
  if (problems.length > 0) {
    for (const line of table([['tensor', 'found', 'expected'], ...problems])) output.note(line)
    throw new InputError(
      `${source} does not fit the model ${name}: ${problems.length} differences, listed above; ` +
        'without --model the file is converted as it is',
    )
  }
  return tensors
}

const shapeText = (shape: readonly number[]): string => (shape.length === 0 ? 'scalar' : shape.join('x'))

/** Rows of name, found and expected shape for each tensor that is missing, of another shape, not finite or unexpected. */
function misfits(model: Model, tensors: Tensors): string[][] {
  const variables = variablesOf(model)
  const names = new Set(variables.map(({ name }) => name))
  const wrong = variables.flatMap(({ name, shape }) => {
    const stored = tensors.get(name)
    if (stored === undefined) return [[name, 'missing', shapeText(shape)]]
    if (!sameShape(stored.shape, shape)) return [[name, shapeText(stored.shape), shapeText(shape)]]
    return stored.data.every(Number.isFinite) ? [] : [[name, 'NaN or infinity', shapeText(shape)]]
  })
  const unexpected = [...tensors]
    .filter(([name]) => !names.has(name))
    .map(([name, { shape }]) => [name, shapeText(shape), 'nothing'])
  return [...wrong, ...unexpected]
}
