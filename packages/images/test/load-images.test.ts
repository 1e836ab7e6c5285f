import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError } from '@noisescope/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createImage, encodePng } from '../src/index.ts'
import { loadImages } from '../src/node/index.ts'

const grey = encodePng(createImage(2, 2, 1, Float32Array.of(0, 0.25, 0.5, 1)))
const colour = encodePng(createImage(1, 1, 3, Float32Array.of(1, 0, 0)))

describe('loadImages', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'noisescope-images-'))
    await mkdir(join(folder, 'good', 'more'), { recursive: true })
    await mkdir(join(folder, 'good', 'folder.png'))
    await mkdir(join(folder, 'bad'))
    await mkdir(join(folder, 'empty'))
    const files: Record<string, Uint8Array | string> = {
      'good/img10.png': grey,
      'good/img2.PNG': colour,
      'good/img1.png': grey,
      'good/more/deep.png': grey,
      'good/notes.txt': 'not an image and not called one',
      'good/.hidden.png': 'what macOS leaves behind',
      'bad/cut.png': grey.subarray(0, 50),
      'bad/good.jpg': grey,
      'bad/nothing.jpeg': '',
      'bad/text.png': 'this is text',
    }
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('reads the image files of a folder in natural order and nothing else', async () => {
    const { images, refused } = await loadImages(join(folder, 'good'))
    expect(images.map(({ name, image }) => [name, image.channels])).toEqual([
      ['img1.png', 1],
      ['img2.PNG', 3],
      ['img10.png', 1],
    ])
    expect(refused).toEqual([])
  })

  it('looks into folders within it when asked, and names what it finds by the way there', async () => {
    const { images } = await loadImages(join(folder, 'good'), { recursive: true })
    expect(images.map(({ name }) => name)).toEqual(['img1.png', 'img2.PNG', 'img10.png', 'more/deep.png'])
    expect(images.at(-1)?.path).toBe(join(folder, 'good', 'more', 'deep.png'))
  })

  it('refuses what is broken by name and reads the rest, whatever its extension says', async () => {
    const { images, refused } = await loadImages(join(folder, 'bad'))
    expect(images.map(({ name }) => name)).toEqual(['good.jpg'])
    expect(refused.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
      expect.stringMatching(/^cut.png: cut.png is a truncated PNG/),
      'nothing.jpeg: nothing.jpeg is empty (0 bytes)',
      expect.stringMatching(/^text.png: text.png is neither a PNG nor a JPEG/),
    ])
  })

  it('takes files and folders together, and files of any name', async () => {
    const { images, refused } = await loadImages([join(folder, 'good', 'notes.txt'), join(folder, 'good')])
    expect([images.length, refused.map(({ name }) => name)]).toEqual([3, ['notes.txt']])
  })

  it('turns all to one number of channels and keeps to the limit of pixels', async () => {
    const { images, refused } = await loadImages(join(folder, 'good'), { channels: 3, maximumPixels: 3 })
    expect(images.map(({ name, image }) => [name, image.channels])).toEqual([['img2.PNG', 3]])
    expect(refused.map(({ name }) => name)).toEqual(['img1.png', 'img10.png'])
  })

  it('throws an input error when there is nothing to read', async () => {
    await expect(loadImages(join(folder, 'missing.png'))).rejects.toThrow(InputError)
    await expect(loadImages(join(folder, 'empty'))).rejects.toThrow(/has no .png, .jpg or .jpeg files/)
    await expect(loadImages([])).rejects.toThrow(InputError)
  })
})
