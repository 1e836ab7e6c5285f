import { readFile } from 'node:fs/promises'
import { InputError } from '@noisescope/core'
import type { StoredTensor } from '@noisescope/nn'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readWeights } from '../src/index.ts'
import { call, dict, list, orderedDict, raw, tuple, type Written } from './helpers/pickle-writer.ts'
import {
  rowMajor,
  stateDict,
  storageOf,
  tensor,
  torchLegacy,
  torchZip,
  type WrittenStorage,
} from './helpers/torch-writer.ts'

type Container = (root: Written, storages: readonly WrittenStorage[]) => Uint8Array

const containers: readonly [name: string, format: string, Container][] = [
  ['a stored zip archive', 'pytorch-zip', (root, storages) => torchZip(root, storages)],
  ['a deflated zip archive', 'pytorch-zip', (root, storages) => torchZip(root, storages, { level: 9 })],
  ['the legacy format', 'pytorch-legacy', (root, storages) => torchLegacy(root, storages)],
]
const anyContainer = fc.constantFrom(...containers.map(([, , write]) => write))

const values = async (file: Uint8Array, name = 'x'): Promise<StoredTensor | undefined> =>
  (await readWeights(file, 'weights.pth')).tensors.get(name)

const six = storageOf('0', Float32Array.of(1, 2, 3, 4, 5, 6))

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
const tensors = shapes.chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1)
  return fc.float32Array({ minLength: length, maxLength: length }).map((data) => ({ shape, data }))
})

describe('a PyTorch state dict', () => {
  it('comes out of every container bit for bit, in its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyContainer,
        fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), tensors), {
          selector: ([name]) => name,
          minLength: 1,
          maxLength: 5,
        }),
        async (write, stored) => {
          const storages = stored.map(([, { data }], i) => storageOf(String(i), data))
          const items = stored.map(
            ([name, { shape }], i) => [name, tensor(storages[i] as WrittenStorage, shape)] as const,
          )
          const read = await readWeights(write(stateDict(items), storages), 'weights.pth')
          expect([...read.tensors.keys()]).toEqual(stored.map(([name]) => name))
          for (const [name, { shape, data }] of stored) {
            expect(read.tensors.get(name)?.shape).toEqual(shape)
            expect(new Uint8Array(read.tensors.get(name)?.data.buffer as ArrayBuffer)).toEqual(
              new Uint8Array(data.buffer),
            )
          }
        },
      ),
      { seed: 1, numRuns: 100 },
    )
  })

  it('has its axes in any order of strides, from any place of the storage', async () => {
    const cases = shapes
      .filter((shape) => !shape.includes(0))
      .chain((shape) =>
        fc.record({
          shape: fc.constant(shape),
          order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
          offset: fc.nat(3),
        }),
      )
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, order, offset }) => {
        const size = shape.reduce((product, length) => product * length, 1)
        const inMemory = rowMajor(order.map((axis) => shape[axis] as number))
        const strides = shape.map((_, axis) => inMemory[order.indexOf(axis)] as number)
        const storage = storageOf(
          '0',
          Float32Array.from({ length: offset + size + 2 }, (_, i) => i),
        )
        const index = (flat: number) =>
          shape.reduceRight(
            ({ rest, at }, length, axis) => ({
              rest: Math.floor(rest / length),
              at: at + (rest % length) * (strides[axis] as number),
            }),
            { rest: flat, at: offset },
          ).at
        const read = await values(torchZip(stateDict([['x', tensor(storage, shape, { offset, strides })]]), [storage]))
        expect(read).toEqual({ shape, data: Float32Array.from({ length: size }, (_, i) => index(i)) })
      }),
      { seed: 2, numRuns: 100 },
    )
  })

  it('may hold one value many times, by a stride of zero, within what is stored', async () => {
    const file = torchZip(stateDict([['x', tensor(six, [2, 3], { strides: [0, 2] })]]), [six])
    expect((await values(file))?.data).toEqual(Float32Array.of(1, 3, 5, 1, 3, 5))
  })

  it.each([
    ['DoubleStorage', Float64Array.of(0.1, -2), Float32Array.of(0.1, -2)],
    ['HalfStorage', Uint16Array.of(0x3c00, 0xc000), Float32Array.of(1, -2)],
    ['BFloat16Storage', Uint16Array.of(0x3f80, 0xc000), Float32Array.of(1, -2)],
    ['LongStorage', BigInt64Array.of(123456n, -1n), Float32Array.of(123456, -1)],
    ['IntStorage', Int32Array.of(5, -6), Float32Array.of(5, -6)],
    ['ShortStorage', Int16Array.of(5, -6), Float32Array.of(5, -6)],
    ['CharStorage', Int8Array.of(5, -6), Float32Array.of(5, -6)],
    ['ByteStorage', Uint8Array.of(5, 250), Float32Array.of(5, 250)],
    ['BoolStorage', Uint8Array.of(0, 1), Float32Array.of(0, 1)],
  ])('of %s becomes float32', async (type, stored, expected) => {
    const storage = storageOf('0', stored, type)
    for (const [, , write] of containers)
      expect(await values(write(stateDict([['x', tensor(storage, [2])]]), [storage]))).toEqual({
        shape: [2],
        data: expected,
      })
  })

  it.each(['state_dict', 'model', 'params', 'net', 'anything'])(
    'is found under %s, beside epoch and optimiser',
    async (key) => {
      const inner = orderedDict([['x', tensor(six, [6])]])
      const optimiser = dict(['state', dict([0, dict(['exp_avg', tensor(six, [6])])])], ['param_groups', list()])
      const root = dict(['epoch', 70_000], ['best', 0.5], ['arch', 'dncnn'], [key, inner], ['optimizer', optimiser])
      const { tensors, metadata } = await readWeights(torchZip(root, [six]), 'weights.pth')
      expect([...tensors.keys()]).toEqual(['x'])
      expect(metadata).toEqual({ epoch: '70000', best: '0.5', arch: 'dncnn' })
    },
  )

  it('of which a checkpoint has several is not chosen at random', async () => {
    const inner = orderedDict([['x', tensor(six, [6])]])
    await expect(values(torchZip(dict(['first', inner], ['second', inner]), [six]))).rejects.toThrow(/first, second/)
  })

  it('may share a storage, and hold parameters and the calls of old versions', async () => {
    const part = tensor(six, [2], { offset: 4 })
    const root = orderedDict([
      ['x', call('torch._utils', '_rebuild_parameter', tensor(six, [6]), true, orderedDict([]))],
      ['y', part],
    ])
    const { tensors } = await readWeights(torchZip(root, [six]), 'weights.pth')
    expect(tensors.get('x')?.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6))
    expect(tensors.get('y')?.data).toEqual(Float32Array.of(5, 6))
  })

  it('of the legacy format may look at a part of a storage', async () => {
    const root = stateDict([['x', tensor(six, [2], { offset: 1, part: tuple('part', 2, 3) })]])
    expect((await values(torchLegacy(root, [six])))?.data).toEqual(Float32Array.of(4, 5))
    const beyond = stateDict([['x', tensor(six, [2], { offset: 2, part: tuple('part', 2, 3) })]])
    await expect(values(torchLegacy(beyond, [six]))).rejects.toThrow(InputError)
  })

  it.each(['python-zip-2', 'python-zip-4', 'python-zip-5', 'python-legacy'])(
    "is read as Python's own pickler writes it: %s",
    async (file) => {
      const bytes = await readFile(new URL(`fixtures/${file}.pth`, import.meta.url))
      const { tensors, metadata } = await readWeights(bytes, file)
      expect(metadata).toEqual({ epoch: '7', loss: '0.125' })
      expect(Object.fromEntries(tensors)).toEqual({
        'conv.weight': { shape: [2, 1, 3, 3], data: Float32Array.from({ length: 18 }, (_, i) => i / 4 - 3) },
        'conv.transposed': { shape: [3, 2], data: Float32Array.from([18, 21, 19, 22, 20, 23], (i) => i / 4 - 3) },
        'bn.num_batches_tracked': { shape: [], data: Float32Array.of(1234) },
      })
    },
  )
})

describe('a PyTorch file that is not as it should be', () => {
  const good = stateDict([
    ['x', tensor(six, [2, 3])],
    ['y', tensor(six, [3, 2], { strides: [1, 3] })],
  ])

  it.each(containers)('is refused when cut short after any number of bytes: %s', async (_, __, write) => {
    const file = write(good, [six])
    for (let length = 0; length < file.length; length++)
      await expect(readWeights(file.subarray(0, length), 'f'), `${length} of ${file.length}`).rejects.toThrow(
        InputError,
      )
  })

  it('ends in an InputError or in tensors, whichever bytes are changed', async () => {
    const damaged = fc
      .tuple(anyContainer, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
      .map(([write, changes]) => {
        const bytes = write(good, [six])
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        return bytes
      })
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => {
        const error = await readWeights(bytes, 'f').catch((reason: unknown) => reason)
        if (error instanceof Error) expect(error).toBeInstanceOf(InputError)
      }),
      { seed: 3, numRuns: 2000 },
    )
  })

  const strangers = [
    ['os', 'system'],
    ['builtins', 'eval'],
    ['__main__', 'DnCNN'],
    ['torch.nn.modules.conv', 'Conv2d'],
    ['numpy.core.multiarray', 'scalar'],
    ['collections', 'OrderedDict.__init__'],
    ['Object', 'constructor'],
  ] as const

  it.each(strangers)(
    'is refused by the name of the class of which it only has objects: %s.%s',
    async (module, name) => {
      const root = orderedDict([['x', call(module, name, 'echo')]])
      for (const [, , write] of containers)
        await expect(readWeights(write(root, []), 'f')).rejects.toThrow(`${module}.${name}`)
    },
  )

  it.each(strangers)(
    'is read without the objects beside its tensors, none of which is made: %s.%s',
    async (module, name) => {
      const root = orderedDict([
        ['x', tensor(six, [6])],
        ['y', call(module, name, 'echo')],
      ])
      for (const [, , write] of containers) {
        const { tensors } = await readWeights(write(root, [six]), 'f')
        expect([...tensors.keys()]).toEqual(['x'])
      }
    },
  )

  it('is refused when a tensor is made in a way that is not known', async () => {
    const root = orderedDict([
      ['x', tensor(six, [6])],
      ['y', call('torch._utils', '_rebuild_qtensor', 1)],
    ])
    for (const [, , write] of containers)
      await expect(readWeights(write(root, [six]), 'f')).rejects.toThrow(
        'tensor y is made by torch._utils._rebuild_qtensor',
      )
  })

  const claims = (type: string, length: number) => ({ key: '0', type, length })
  const wrong: Record<string, Written> = {
    'a tensor that reaches beyond its storage': tensor(six, [7]),
    'an offset beyond the storage': tensor(six, [1], { offset: 6 }),
    'a negative offset': tensor(six, [1], { offset: -1 }),
    'a stride that reaches beyond the storage': tensor(six, [2, 3], { strides: [4, 1] }),
    'a negative stride': tensor(six, [2], { strides: [-1] }),
    'a negative size': tensor(six, [-1, -1], { strides: [1, 1] }),
    'sizes whose product is beyond all memory': tensor(six, [2 ** 40, 2 ** 40], { strides: [0, 0] }),
    'sizes whose product is infinite': tensor(
      six,
      Array.from({ length: 12 }, () => 2 ** 52),
    ),
    'a value repeated a billion times': tensor(six, [1e9], { strides: [0] }),
    'more strides than sizes': tensor(six, [2], { strides: [1, 1] }),
    'a thousand dimensions': tensor(
      six,
      Array.from({ length: 1000 }, () => 1),
    ),
    'a storage longer than its bytes': tensor(claims('FloatStorage', 7), [6]),
    'a storage shorter than its bytes': tensor(claims('FloatStorage', 5), [5]),
    'a storage of another type': tensor(claims('DoubleStorage', 6), [6]),
    'a storage that is not there': tensor({ key: '../0', type: 'FloatStorage', length: 6 }, [6]),
    'a storage with the name of a prototype': tensor({ key: '__proto__', type: 'FloatStorage', length: 6 }, [6]),
    'a tensor of no storage': call('torch._utils', '_rebuild_tensor_v2', 1, 0, tuple(1), tuple(1)),
    'a call of what is no function': { kind: 'reduce', callable: 'os.system', args: tuple('echo') },
    'a call of a storage': call('torch', 'FloatStorage', 3),
    'a text in place of a tensor': 'text',
  }
  it.each(Object.entries(wrong))('is refused for %s', async (_, value) => {
    for (const [, , write] of containers)
      await expect(readWeights(write(orderedDict([['x', value]]), [six]), 'f')).rejects.toThrow(InputError)
  })

  const op = (...bytes: number[]) => raw(bytes)
  const repeated = (count: number, ...bytes: number[]) => Array.from({ length: count }, () => bytes).flat()
  const short = (value: string) => [0x8c, value.length, ...Buffer.from(value)]
  /** A module (NEWOBJ, BUILD) with the one before it twice within, remembered under its number. */
  const twofold = (number: number) => {
    const before = number === 0 ? [0x4e] : [0x68, number - 1]
    const within = [0x7d, 0x28, ...short('a'), ...before, ...short('b'), ...before, 0x75]
    const attributes = [0x7d, 0x28, ...short('_parameters'), 0x7d, ...short('_modules'), ...within, 0x75]
    return [0x63, ...Buffer.from('__main__\nM\n'), 0x29, 0x81, ...attributes, 0x62, 0x71, number, 0x30]
  }
  const numbered = (count: number, ...value: number[]) =>
    Array.from({ length: count }, (_, i) => [0x4a, i & 255, (i >> 8) & 255, i >> 16, 0, ...value]).flat()
  const bombs: Record<string, Written> = {
    'modules of two modules of two modules, thirty deep': raw([
      ...Array.from({ length: 30 }, (_, i) => twofold(i)).flat(),
      0x68,
      29,
    ]),
    'a large dict in a large dict again and again': raw([
      ...[0x7d, 0x28, ...numbered(1000, 0x4e), 0x75, 0x71, 0, 0x30],
      ...[0x7d, 0x28, ...numbered(50_000, 0x68, 0), 0x75],
    ]),
    'a million marks': raw(repeated(1e6, 0x28)),
    'three million empty lists': raw(repeated(3e6, 0x5d)),
    'a list that is its own only item': op(0x5d, 0x71, 0, 0x68, 0, 0x61),
    'a dict that holds itself': op(0x7d, 0x71, 0, 0x4b, 1, 0x68, 0, 0x73),
    // DUP, TUPLE2 a million times: 2^1000000 items if anything walked them.
    'pairs of pairs of pairs': raw([0x4e, ...repeated(1e5, 0x32, 0x86)]),
    'a text of four gigabytes': op(0x58, 0xff, 0xff, 0xff, 0xff),
    'a text of 2^63 bytes': op(0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80),
    'bytes of four gigabytes': op(0x42, 0xff, 0xff, 0xff, 0xff),
    'an integer of 255 bytes': raw([0x8a, 255, ...repeated(255, 1)]),
    'a memo that is not set': op(0x68, 7),
    'a mark that is not set': op(0x74),
    'an opcode that no pickle of torch has': op(0x69),
    'a protocol of the future': op(0x80, 6, 0x4e),
    'a name that is not text': op(0x4e, 0x4e, 0x93),
    'a name without an end': op(0x63, 0x61),
  }
  it.each(Object.entries(bombs))('is refused for %s', async (_, value) => {
    for (const [, , write] of containers) await expect(readWeights(write(value, []), 'f')).rejects.toThrow(InputError)
  })

  it('is refused when a small storage is under thousands of names', async () => {
    const large = storageOf('0', new Float32Array(10_000))
    const items = Array.from({ length: 2000 }, (_, i) => [`x${i}`, tensor(large, [10_000])] as const)
    await expect(readWeights(torchZip(stateDict(items), [large]), 'f')).rejects.toThrow(
      /claim 20000000 values, the file has/,
    )
  })

  it('is refused when it comes from a big-endian machine', async () => {
    await expect(readWeights(torchZip(good, [six], { byteorder: 'big' }), 'f')).rejects.toThrow(/big-endian/)
    await expect(readWeights(torchLegacy(good, [six], false), 'f')).rejects.toThrow(/big-endian/)
  })
})
