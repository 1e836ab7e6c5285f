import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { afterAll, expect, test } from 'vitest'
import { activationGrid, encodePng, lossCurve, saveFigure } from '../src/figures/index.ts'
import { rampLayer } from './figures-pictures.ts'

const folder = await mkdtemp(join(tmpdir(), 'figures-'))
afterAll(() => rm(folder, { recursive: true }))

test('a saved figure is a PNG file with the same size and pixels, and nothing else is left beside it', async () => {
  const figure = activationGrid(rampLayer('conv', [4, 8, 8], [1]))
  await saveFigure(figure, join(folder, 'new', 'conv.png'))
  const bytes = await readFile(join(folder, 'new', 'conv.png'))
  expect([...bytes.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10])
  const image = decode(bytes, { checkCrc: true })
  expect([image.width, image.height, image.channels, image.depth]).toEqual([figure.width, figure.height, 4, 8])
  const pixels = Array.from({ length: figure.width * figure.height }, (_, i) => [
    ...figure.data.subarray(3 * i, 3 * i + 3),
    255,
  ])
  expect(Buffer.compare(Buffer.from(image.data as Uint8Array), Buffer.from(pixels.flat()))).toBe(0)
  expect(await readdir(join(folder, 'new'))).toEqual(['conv.png'])
})

test('a figure that cannot take its final name is refused and leaves no temporary file', async () => {
  const figure = lossCurve({ history: [{ step: 1, epoch: 1, loss: 1 }] })
  await saveFigure(figure, join(folder, 'taken', 'inner.png'))
  await expect(saveFigure(figure, join(folder, 'taken'))).rejects.toThrow()
  expect((await readdir(folder)).sort()).toEqual(['new', 'taken'])
})

test('the same data gives the same bytes', async () => {
  const bytes = (): Promise<Uint8Array> => encodePng(activationGrid(rampLayer('conv', [4, 8, 8], [1])))
  expect(Buffer.compare(await bytes(), await bytes())).toBe(0)
})
