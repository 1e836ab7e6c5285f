import { createImage, encodePng } from '@noisescope/images'
import { afterEach, expect, test, vi } from 'vitest'
import { decodeImageFile } from '../../src/live-engine/index.ts'

afterEach(() => vi.unstubAllGlobals())

const blob = (bytes: Uint8Array): Blob => new Blob([bytes as Uint8Array<ArrayBuffer>])

/** A browser whose decoder makes these bytes of whatever it is given. */
function stubBrowser(width: number, height: number, rgba: number[]): void {
  const bitmap = { width, height, close: vi.fn() }
  vi.stubGlobal('createImageBitmap', async () => bitmap)
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext() {
        return { drawImage: () => {}, getImageData: () => ({ data: Uint8ClampedArray.from(rgba) }) }
      }
    },
  )
}

test('a PNG is decoded to its own values, all 16 bits of them', async () => {
  const image = createImage(2, 2, 1, Float32Array.of(0, 1, 12345 / 65535, 0.2))
  const decoded = await decodeImageFile(blob(encodePng(image, { bits: 16 })), 'four.png')
  expect(decoded).toMatchObject({ width: 2, height: 2, channels: 1, name: 'four.png' })
  expect(decoded.data[2]).toBeCloseTo(12345 / 65535, 6)
})

test('a file has its own name', async () => {
  const bytes = encodePng(createImage(1, 1, 1, Float32Array.of(1))) as Uint8Array<ArrayBuffer>
  expect((await decodeImageFile(new File([bytes], 'dot.png'))).name).toBe('dot.png')
})

test('other formats are decoded by the browser, grey ones to one channel', async () => {
  stubBrowser(2, 1, [51, 51, 51, 255, 255, 255, 255, 255])
  expect(await decodeImageFile(blob(Uint8Array.of(1)), 'a.webp')).toEqual({
    width: 2,
    height: 1,
    channels: 1,
    data: Float32Array.of(0.2, 1),
    name: 'a.webp',
  })
  stubBrowser(1, 1, [255, 0, 51, 255])
  const colour = await decodeImageFile(blob(Uint8Array.of(1)), 'a.webp')
  expect(colour).toMatchObject({ channels: 3, data: Float32Array.of(1, 0, 0.2) })
})

test('what is no image is refused in words', async () => {
  await expect(decodeImageFile(blob(new Uint8Array()), 'nothing')).rejects.toThrow('nothing is empty')
  await expect(decodeImageFile(blob(Uint8Array.of(1)), 'a.webp')).rejects.toThrow('neither a PNG nor a JPEG')
  vi.stubGlobal('createImageBitmap', () => Promise.reject(new Error('no')))
  vi.stubGlobal('OffscreenCanvas', class {})
  await expect(decodeImageFile(blob(Uint8Array.of(1)), 'a.txt')).rejects.toThrow(
    'no image that this browser can decode',
  )
})
