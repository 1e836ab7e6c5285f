import { InputError } from '@noisescope/core'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { File, FS, ready } from 'h5wasm'
import { describe, expect, it } from 'vitest'
import { readWeights } from '../src/index.ts'

interface WrittenArray {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array | Int32Array
}

await ready
let written = 0

/** A HDF5 file of arrays by path. */
function hdf5(arrays: Readonly<Record<string, WrittenArray>>, chunks?: number[]): Uint8Array {
  const path = `written-${written++}.h5`
  const file = new File(path, 'w')
  for (const [place, { shape, data }] of Object.entries(arrays)) {
    const groups = place.split('/')
    const name = groups.pop() as string
    let folder = ''
    for (const group of groups) {
      const parent = folder === '' ? file : file.get(folder)
      folder = folder === '' ? group : `${folder}/${group}`
      if (file.get(folder) === null) (parent as File).create_group(group)
    }
    const parent = folder === '' ? file : (file.get(folder) as File)
    parent.create_dataset({
      name,
      data,
      shape: [...shape],
      ...(chunks === undefined ? {} : { chunks, compression: 'gzip' as const, compression_opts: 9 }),
    })
  }
  file.close()
  const bytes = FS?.readFile(path) as Uint8Array
  FS?.unlink(path)
  return new Uint8Array(bytes)
}

const range = (...shape: number[]): WrittenArray => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
})

/** HWIO to OIHW, index by index. */
function transposed({ shape, data }: WrittenArray): { shape: number[]; data: Float32Array } {
  const [height = 0, width = 0, inputs = 0, outputs = 0] = shape
  const values: number[] = []
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) values.push(data[((y * width + x) * inputs + i) * outputs + o] as number)
  return { shape: [outputs, inputs, height, width], data: Float32Array.from(values) }
}

const kernel = range(3, 2, 4, 5)
const bias = range(5)
const expected = {
  'conv2d.weight': transposed(kernel),
  'conv2d.bias': bias,
  'conv2d_1.weight': transposed(kernel),
  'conv2d_1.bias': bias,
}

const keras2 = {
  'model_weights/conv2d/conv2d/kernel:0': kernel,
  'model_weights/conv2d/conv2d/bias:0': bias,
  'model_weights/conv2d_1/conv2d_1/kernel:0': kernel,
  'model_weights/conv2d_1/conv2d_1/bias:0': bias,
  'optimizer_weights/Adam/conv2d/kernel/m:0': kernel,
}
const keras3 = {
  'layers/conv2d/vars/0': kernel,
  'layers/conv2d/vars/1': bias,
  'layers/conv2d_1/vars/0': kernel,
  'layers/conv2d_1/vars/1': bias,
  'optimizer/vars/1': kernel,
}

describe('the weights of a Keras model', () => {
  const layouts: Record<string, Uint8Array> = {
    'Keras 2, a whole model': hdf5(keras2),
    'Keras 2, weights alone': hdf5(
      Object.fromEntries(Object.entries(keras2).map(([path, array]) => [path.replace('model_weights/', ''), array])),
    ),
    'Keras 3': hdf5(keras3),
    'Keras 3, before its release': hdf5(
      Object.fromEntries(
        Object.entries(keras3).map(([path, array]) => [
          path.replace('layers/', '_layer_checkpoint_dependencies/'),
          array,
        ]),
      ),
    ),
  }
  it.each(Object.entries(layouts))('have the names and the order of axes of PyTorch: %s', async (_, bytes) => {
    const { tensors, format } = await readWeights(bytes, 'model.h5')
    expect(format).toBe('keras-h5')
    expect(Object.fromEntries(tensors)).toEqual(expected)
  })

  it('are found in a .keras archive', async () => {
    const archive = zipSync({ 'config.json': new TextEncoder().encode('{}'), 'model.weights.h5': hdf5(keras3) })
    const { tensors, format } = await readWeights(archive, 'model.keras')
    expect(format).toBe('keras-archive')
    expect(Object.fromEntries(tensors)).toEqual(expected)
  })

  it('may be of float64, and compressed', async () => {
    const data = Float64Array.from({ length: 60 }, (_, i) => i / 8)
    const { tensors } = await readWeights(hdf5({ 'layers/dense/vars/0': { shape: [10, 6], data } }, [5, 3]), 'model.h5')
    expect(tensors.get('dense.weight')).toEqual({
      shape: [6, 10],
      data: Float32Array.from({ length: 60 }, (_, i) => ((i % 10) * 6 + Math.floor(i / 10)) / 8),
    })
  })

  it('of batch norm are scale, offset and running statistics', async () => {
    const names = ['gamma:0', 'beta:0', 'moving_mean:0', 'moving_variance:0']
    const keras2Names = Object.fromEntries(names.map((name, i) => [`bn/bn/${name}`, range(i + 1)]))
    const keras3Names = Object.fromEntries(names.map((_, i) => [`layers/bn/vars/${i}`, range(i + 1)]))
    for (const arrays of [keras2Names, keras3Names]) {
      const { tensors } = await readWeights(hdf5(arrays), 'model.h5')
      expect(Object.fromEntries(tensors)).toEqual({
        'bn.weight': range(1),
        'bn.bias': range(2),
        'bn.running_mean': range(3),
        'bn.running_var': range(4),
      })
    }
  })

  it('keep the path of models within the model in their names', async () => {
    const nested = {
      'encoder/layers/conv2d/vars/0': kernel,
      'decoder/layers/conv2d/vars/0': kernel,
      'layers/functional/layers/sequential/layers/dense/vars/0': range(5, 4),
    }
    const { tensors } = await readWeights(hdf5(nested), 'f.weights.h5')
    expect([...tensors.keys()].toSorted()).toEqual([
      'decoder.conv2d.weight',
      'encoder.conv2d.weight',
      'functional.sequential.dense.weight',
    ])
    const keras2 = { 'a/conv2d/kernel:0': kernel, 'b/conv2d/kernel:0': kernel }
    expect([...(await readWeights(hdf5(keras2), 'f.h5')).tensors.keys()]).toEqual([
      'a.conv2d.weight',
      'b.conv2d.weight',
    ])
  })

  it('are refused where the numbers of a layer have a gap', async () => {
    const gap = hdf5({ 'layers/conv2d/vars/0': kernel, 'layers/conv2d/vars/2': bias })
    await expect(readWeights(gap, 'f.weights.h5')).rejects.toThrow(/its layer conv2d has no array 1/)
  })

  it('are refused when two have one name, or there are none', async () => {
    const twice = hdf5({ 'conv2d/kernel:0': kernel, 'conv2d/conv2d/kernel:0': kernel })
    await expect(readWeights(twice, 'f.h5')).rejects.toThrow(/its layer conv2d has two arrays kernel/)
    const counts = hdf5({ 'optimizer/vars/0': kernel, steps: { shape: [1], data: Int32Array.of(3) } })
    await expect(readWeights(counts, 'f.h5')).rejects.toThrow(InputError)
  })

  it('are refused when the file is cut short anywhere', async () => {
    const file = hdf5({ 'layers/conv2d/vars/0': range(1, 1, 2, 2) })
    for (let length = 0; length < file.length; length += 7)
      await expect(readWeights(file.subarray(0, length), 'f.h5'), `${length} of ${file.length}`).rejects.toThrow(
        InputError,
      )
  })

  it('are refused when the archive that holds them is cut short anywhere', async () => {
    const file = zipSync({ 'model.weights.h5': hdf5({ 'layers/conv2d/vars/0': range(1, 1, 2, 2) }) }, { level: 0 })
    for (let length = 0; length < file.length; length += 7)
      await expect(readWeights(file.subarray(0, length), 'f.keras'), `${length} of ${file.length}`).rejects.toThrow(
        InputError,
      )
  })

  it('end in an InputError or in tensors, whichever bytes are changed, and good files are read after that', async () => {
    const file = hdf5(keras3)
    const packed = hdf5({ 'layers/conv2d/vars/0': kernel }, [3, 2, 4, 5])
    const damaged = fc
      .tuple(
        fc.constantFrom(file, packed),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 127, 255)), { minLength: 1, maxLength: 4 }),
      )
      .map(([good, changes]) => {
        const bytes = good.slice()
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        return bytes
      })
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => {
        const error = await readWeights(bytes, 'f.h5').catch((reason: unknown) => reason)
        if (error instanceof Error) expect(error).toBeInstanceOf(InputError)
      }),
      { seed: 5, numRuns: 2000 },
    )
    expect(Object.fromEntries((await readWeights(file, 'f.h5')).tensors)).toEqual(expected)
  })

  it('are refused when they claim far more values than the file has bytes', async () => {
    const zeros = hdf5({ zeros: { shape: [4_000_000], data: new Float32Array(4_000_000) } }, [4_000_000])
    expect(zeros.length).toBeLessThan(100_000)
    await expect(readWeights(zeros, 'f.h5')).rejects.toThrow(/claim 1600000\d bytes/)
  })
})
