import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { stillScreenshot } from '../test/helpers/still-screenshot.ts'
import { openStudio } from '../test/helpers/studio.ts'

/**
 * Takes the picture of the studio that the README shows: a digit that is denoised live, with the shipped weights, and the pixels
 * of the noisy image that one pixel of the result is made of.
 *
 *     node scripts/write-studio-picture.ts [--output docs/images/studio.png]
 */
const { values } = parseArgs({
  options: {
    output: { type: 'string', default: fileURLToPath(new URL('../docs/images/studio.png', import.meta.url)) },
  },
})

const DIGIT = 3
/** A pixel of its stroke. */
const PIXEL = 'pixel:11,8'
const [WIDTH, HEIGHT] = [1120, 1000]
/** For kernels to compile on a software adapter (milliseconds). */
const COMPILING = 200_000

await using studio = await openStudio({ webgpu: true })
await using opened = await studio.open(`#target=${PIXEL}`, { width: WIDTH, height: 2 * HEIGHT })
const { page } = opened
page.setDefaultTimeout(COMPILING)
await page.getByRole('combobox', { name: 'Image' }).first().selectOption('digit')
await page.getByRole('spinbutton', { name: 'No., to 239' }).fill(String(DIGIT))
await page.getByRole('spinbutton', { name: 'No., to 239' }).press('Tab')
const viewer = page.locator('look-panel activation-viewer')
await viewer.getByRole('heading', { name: `mnist test image ${DIGIT}`, exact: true }).waitFor()
await viewer.locator('.explanation [data-fact=rowSum]').waitFor()
await viewer.locator('.layer-map canvas').first().waitFor()
const { x, y, width } = (await viewer.boundingBox()) ?? { x: 0, y: 0, width: WIDTH }
const picture = await stillScreenshot(page, { x, y, width, height: HEIGHT })
await writeFile(values.output, picture)
console.log(`Wrote ${values.output}: ${picture.length} bytes.`)
