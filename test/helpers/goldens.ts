import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createImage, decodeImage, encodePng, type Image } from '@noisescope/images'
import pixelmatch from 'pixelmatch'
import { expect } from 'vitest'

const GOLDENS = new URL('../goldens/', import.meta.url)
/** Where what differs is written: the screenshot, and the golden with the differing pixels in red. */
const DIFFERENCES = new URL('../../runs/goldens/', import.meta.url)

/**
 * Distance of two colours (HyAB in OKLab, from black to white it is 1) from which on they differ: what a twentieth of a map's
 * range makes in its colours, and ten times what a step of 1/255 of a grey makes.
 */
const COLOUR_DISTANCE = 0.05

/**
 * Differing pixels in any square of `WINDOW` pixels a side from which on two pictures differ. The smallest thing that is drawn,
 * the frame of a pixel on a phone, has more than twice as many; stray pixels at the edges of letters are not so close together.
 */
const MOST_DIFFERING = 12
const WINDOW = 16

/**
 * Expects a screenshot to look like `goldens/NAME.png`; with UPDATE_GOLDENS=1 it becomes that.
 * @throws Error when it does not, after writing the screenshot and the difference to `runs/goldens`.
 */
export async function expectGolden(name: string, screenshot: Buffer): Promise<void> {
  const file = new URL(`${name}.png`, GOLDENS)
  const now = decodeImage(screenshot, name)
  if (process.env.UPDATE_GOLDENS === '1') {
    // A fifth smaller than the browser's own.
    await writeFile(file, encodePng(now))
    return
  }
  const golden = await readFile(file).catch(() => undefined)
  expect(golden, `${fileURLToPath(file)} is not there; UPDATE_GOLDENS=1 writes it`).toBeDefined()
  const found = differenceOf(decodeImage(golden as Buffer, name), now)
  if (found.differing <= MOST_DIFFERING) return
  await mkdir(DIFFERENCES, { recursive: true })
  await writeFile(new URL(`${name}-now.png`, DIFFERENCES), screenshot)
  await writeFile(new URL(`${name}-difference.png`, DIFFERENCES), encodePng(found.image))
  expect.fail(
    `${name} looks otherwise than its golden: ${found.text}; see ${fileURLToPath(DIFFERENCES)}, and if that is meant, write ` +
      'the goldens anew: UPDATE_GOLDENS=1 npx -y pnpm@12 test test/screenshots.test.ts',
  )
}

/** How much two screenshots differ: the most differing pixels in a window, in words, and in red on the first. */
function differenceOf(golden: Image, now: Image): { differing: number; text: string; image: Image } {
  const { width, height } = golden
  if (now.width !== width || now.height !== height) {
    const text = `it is ${now.width}x${now.height} pixels large, the golden ${width}x${height}`
    return { differing: Number.POSITIVE_INFINITY, text, image: now }
  }
  const marked = new Uint8Array(4 * width * height)
  const differing = pixelmatch(bytesOf(golden), bytesOf(now), marked, width, height, {
    threshold: COLOUR_DISTANCE,
    windowSize: WINDOW,
  })
  const text = `${differing} pixels of ${WINDOW}x${WINDOW} differ, where ${MOST_DIFFERING} may`
  return { differing, text, image: imageOf(marked, width, height) }
}

/** Red, green, blue and opacity of each pixel. */
function bytesOf({ width, height, channels, data }: Image): Uint8Array {
  const size = width * height
  const bytes = new Uint8Array(4 * size).fill(255)
  for (let channel = 0; channel < 3; channel++) {
    const plane = data.subarray((channel % channels) * size)
    for (let i = 0; i < size; i++) bytes[4 * i + channel] = Math.round(255 * (plane[i] as number))
  }
  return bytes
}

function imageOf(bytes: Uint8Array, width: number, height: number): Image {
  const size = width * height
  const data = new Float32Array(3 * size)
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < size; i++) data[channel * size + i] = (bytes[4 * i + channel] as number) / 255
  }
  return createImage(width, height, 3, data)
}
