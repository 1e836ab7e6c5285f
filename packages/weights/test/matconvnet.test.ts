import { readFile } from 'node:fs/promises'
import { InputError } from '@noisescope/core'
import fc from 'fast-check'
import { zlibSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readWeights } from '../src/index.ts'

/** What scripts/fixtures/matconvnet.py made SciPy write; test/found-weights.test.ts holds the networks to their results. */
const fixture = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`../../../test/fixtures/matconvnet/${name}.mat`, import.meta.url)))

describe('a network of MatConvNet', () => {
  it('has filters as PyTorch has them, and says what its layers are', async () => {
    const { tensors, layers = [], format, inOrder } = await readWeights(await fixture('dncnn_batch_norm'), 'net.mat')
    expect({ format, inOrder }).toEqual({ format: 'matconvnet', inOrder: true })
    expect([...tensors].slice(0, 7).map(([name, { shape }]) => `${name} ${shape.join('x')}`)).toEqual([
      'layers.1.weight 4x1x3x3',
      'layers.1.bias 4',
      'layers.3.weight 4x4x3x3',
      'layers.4.weight 4',
      'layers.4.bias 4',
      'layers.4.running_mean 4',
      'layers.4.running_var 4',
    ])
    expect(layers.slice(0, 4)).toEqual([
      { name: 'layers.1', called: 'conv', kind: 'convolution', dilation: 1 },
      { name: 'layers.2', called: 'relu', kind: 'relu' },
      { name: 'layers.3', called: 'conv', kind: 'convolution', dilation: 1 },
      { name: 'layers.4', called: 'bnorm', kind: 'batch-norm', eps: 0 },
    ])
  })

  it('of which a file has several is the one of a number, and none without', async () => {
    const file = await fixture('ircnn_of_three')
    await expect(readWeights(file, 'f.mat')).rejects.toThrow(
      /it holds 3 networks; say which behind the name of the file, as #1/,
    )
    await expect(readWeights(file, 'f.mat', '4')).rejects.toThrow(/it has no network #4; expected 1 to 3/)
    const [first, second] = await Promise.all(['1', '2'].map((network) => readWeights(file, 'f.mat', network)))
    expect(first?.layers?.flatMap(({ dilation }) => dilation ?? [])).toEqual([1, 2, 3, 4, 3, 2, 1])
    expect(first?.tensors.get('layers.1.weight')).not.toEqual(second?.tensors.get('layers.1.weight'))
  })
})

describe('a MATLAB file that is not as it should be', () => {
  it.each(['dncnn', 'ffdnet_grey'])('is refused when cut short anywhere: %s', async (name) => {
    const file = await fixture(name)
    for (let length = 0; length < file.length - 8; length += 37)
      await expect(readWeights(file.subarray(0, length), 'f.mat'), `${length}`).rejects.toThrow(InputError)
  })

  it('is refused when a byte of what is packed has changed', async () => {
    const file = await fixture('ffdnet_grey')
    for (let at = 200; at < file.length; at += 101) {
      const damaged = file.slice()
      damaged[at] = (damaged[at] as number) ^ 4
      await expect(readWeights(damaged, 'f.mat'), `${at}`).rejects.toThrow(InputError)
    }
  })

  it('ends in an InputError or in tensors, whichever bytes are changed', async () => {
    const file = await fixture('dncnn')
    const changes = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(changes, async (each) => {
        const bytes = file.slice()
        for (const [at, value] of each) bytes[at] = value
        const error = await readWeights(bytes, 'f.mat').catch((reason: unknown) => reason)
        if (error instanceof Error) expect(error).toBeInstanceOf(InputError)
      }),
      { seed: 6, numRuns: 1000 },
    )
  })

  it('is refused when it unpacks to far more bytes than it has', async () => {
    const header = (await fixture('dncnn')).slice(0, 128)
    const packed = zlibSync(new Uint8Array(30_000_000), { level: 9 })
    const tag = new Uint8Array(Uint32Array.of(15, packed.length).buffer)
    await expect(readWeights(Buffer.concat([header, tag, packed]), 'f.mat')).rejects.toThrow(
      /more than 16 bytes for each/,
    )
  })

  it('is refused with its variables when it has no network', async () => {
    // A matrix `a` of one double, as MATLAB lays it out.
    const element = (type: number, ...data: number[]) => [
      ...new Uint8Array(Uint32Array.of(type, data.length).buffer),
      ...data,
    ]
    const matrix = [
      ...element(6, 6, 0, 0, 0, 0, 0, 0, 0),
      ...element(5, 1, 0, 0, 0, 1, 0, 0, 0),
      ...[1, 0, 1, 0, 97, 0, 0, 0],
      ...element(9, 0, 0, 0, 0, 0, 0, 240, 63),
    ]
    const file = Uint8Array.from([...(await fixture('dncnn')).slice(0, 128), ...element(14, ...matrix)])
    await expect(readWeights(file, 'f.mat')).rejects.toThrow(/no network of MatConvNet.*only the variables a$/)
  })
})
