import { InputError } from '@noisescope/core'
import { writeSafetensors } from '@noisescope/nn'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readWeights } from '../src/index.ts'
import { stateDict, storageOf, tensor, torchLegacy, torchZip } from './helpers/torch-writer.ts'

const storage = storageOf('0', Float32Array.of(1, 2))
const root = stateDict([['x', tensor(storage, [2])]])
const tensors = new Map([['x', { shape: [2], data: Float32Array.of(1, 2) }]])

describe('the format of weights', () => {
  it.each([
    ['safetensors', writeSafetensors(tensors, { model: 'm' }), { model: 'm' }],
    ['pytorch-zip', torchZip(root, [storage]), {}],
    ['pytorch-legacy', torchLegacy(root, [storage]), {}],
  ])('is told by the first bytes, whatever the name: %s', async (format, bytes, metadata) => {
    expect(await readWeights(bytes, 'weights.bin')).toMatchObject({ format, tensors, metadata })
  })

  it.each([
    ['nothing', new Uint8Array(), /expected safetensors, PyTorch/],
    ['a web page', new TextEncoder().encode('<!doctype html><title>Sign in</title>'), /web page/],
    [
      'a pointer of Git LFS',
      new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid'),
      /git lfs pull/,
    ],
    ['a file packed with gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip/],
    ['an archive of something else', zipSync({ 'readme.txt': new Uint8Array(3) }), /data\.pkl/],
  ])('that is none is refused with what to do: %s', async (_, bytes, answer) => {
    await expect(readWeights(bytes, 'weights.pth')).rejects.toThrow(answer)
    await expect(readWeights(bytes, 'weights.pth')).rejects.toThrow(InputError)
  })

  it('is never guessed from noise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        await expect(readWeights(bytes, 'noise')).rejects.toThrow(InputError)
      }),
      { seed: 4 },
    )
  })
})

describe('a zip archive', () => {
  /** The archive with bytes changed at the first place of a signature, counted from it. */
  const changed = (bytes: Uint8Array, signature: readonly number[], at: number, ...values: number[]): Uint8Array => {
    const copy = bytes.slice()
    const start = copy.findIndex((_, i) => signature.every((byte, k) => copy[i + k] === byte))
    copy.set(values, start + at)
    return copy
  }
  const central = [0x50, 0x4b, 1, 2]
  const end = [0x50, 0x4b, 5, 6]
  const deflated = torchZip(root, [storage], { level: 9 })

  it.each([
    ['an entry that claims to hold four gigabytes', changed(deflated, central, 24, 0xfe, 0xff, 0xff, 0xff)],
    ['an entry that holds less than it claims', changed(deflated, central, 24, 0, 16, 0, 0)],
    ['an entry longer than the archive', changed(deflated, central, 20, 0xfe, 0xff, 0xff, 0x7f)],
    ['an entry packed in an unknown way', changed(deflated, central, 10, 99, 0)],
    ['an entry that lies beyond the archive', changed(deflated, central, 42, 0xfe, 0xff, 0xff, 0x7f)],
    ['more entries than there is room for', changed(deflated, end, 10, 0xfe, 0xff)],
    ['a directory beyond the archive', changed(deflated, end, 16, 0xfe, 0xff, 0xff, 0x7f)],
    ['no end', deflated.subarray(0, deflated.length - 1)],
  ])('is refused for %s', async (_, bytes) => {
    await expect(readWeights(bytes, 'weights.pth')).rejects.toThrow(InputError)
  })

  it('is refused when a hundred of its entries are the same bytes', async () => {
    const file = Buffer.from(zipSync({ data: new Uint8Array(10_000) }, { level: 0 }))
    const start = file.readUInt32LE(file.length - 6)
    const entry = file.subarray(start, file.length - 22)
    const entries = Array.from({ length: 100 }, (_, i) => {
      const copy = Buffer.from(entry)
      copy.write(String(1000 + i), 46)
      return copy
    })
    const last = Buffer.from(file.subarray(file.length - 22))
    last.writeUInt16LE(entries.length, 8)
    last.writeUInt16LE(entries.length, 10)
    last.writeUInt32LE(entries.length * entry.length, 12)
    const overlapping = Buffer.concat([file.subarray(0, start), ...entries, last])
    await expect(readWeights(overlapping, 'weights.pth')).rejects.toThrow(/its entries overlap/)
  })

  it('may deflate a storage sixteen times, and no more', async () => {
    const file = (values: Float32Array) => {
      const stored = storageOf('0', values)
      return torchZip(stateDict([['x', tensor(stored, [values.length])]]), [stored], { level: 9 })
    }
    const values = Float32Array.from({ length: 3e5 }, (_, i) => (i % 10 === 0 ? Math.sin(i) : 0))
    const usual = file(values)
    expect(usual.length).toBeLessThan(1e6)
    const { data } = (await readWeights(usual, 'weights.pth')).tensors.get('x') ?? {}
    expect(Buffer.from(data?.buffer ?? new ArrayBuffer()).equals(Buffer.from(values.buffer))).toBe(true)
    const bomb = file(new Float32Array(1e6))
    expect(bomb.length).toBeLessThan(10_000)
    await expect(readWeights(bomb, 'weights.pth')).rejects.toThrow(/claim 1000000 values/)
  })

  it('is refused when a bit of a stored entry has changed', async () => {
    const bytes = torchZip(root, [storage])
    const at = Buffer.from(bytes).indexOf(Buffer.from(Float32Array.of(1, 2).buffer))
    const damaged = bytes.slice()
    damaged[at + 1] = (damaged[at + 1] as number) ^ 1
    await expect(readWeights(damaged, 'weights.pth')).rejects.toThrow(/checksum differs/)
  })
})
