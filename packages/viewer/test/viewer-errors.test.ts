import { rangeOf, type Trace, writeTrace } from '@noisescope/explain/trace'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, textOf } from './helpers/eventually.ts'
import { sampleFile } from './helpers/sample-trace.ts'
import { openViewerPages, type ViewerPages } from './helpers/viewer-pages.ts'

let pages: ViewerPages
beforeAll(async () => {
  pages = await openViewerPages()
  pages.files.set('/sample.safetensors', sampleFile())
})
afterAll(() => pages.close())

const RECORD = `<script>globalThis.failures = []
  document.addEventListener('error', ({ detail }) => failures.push([detail.reason, detail.message]))</script>`

/** Opens a page with a viewer that fails, and says what the event and the element say. */
async function failing(attributes: string): Promise<{ reason: string; message: string; words: string }> {
  const { page } = await pages.open(`${RECORD}<activation-viewer ${attributes}></activation-viewer><p>goes on</p>`)
  const alert = page.getByRole('alert')
  await alert.waitFor()
  const words = await textOf(alert)
  const [failure] = await page.evaluate(() => (globalThis as unknown as { failures: [string, string][] }).failures)
  await page.getByText('goes on').waitFor()
  await page.close()
  return { reason: failure?.[0] ?? '', message: failure?.[1] ?? '', words }
}

test('a broken trace is said in words that name the file and what is wrong, with the error event', async () => {
  const broken = sampleFile().slice(0, 4000)
  pages.files.set('/broken.safetensors', broken)
  const { reason, message, words } = await failing('src="/broken.safetensors"')
  expect(reason).toBe('trace')
  expect(message).toContain('broken.safetensors')
  expect(words).toContain(message)
})

test('a trace that is not there is said with its address and the answer of the server', async () => {
  const { reason, words } = await failing('src="/nowhere.safetensors"')
  expect(reason).toBe('fetch')
  expect(words).toContain('/nowhere.safetensors could not be fetched: the server answers 404')
})

test('after a failure one can try again, and a trace that failed leaves the one before in place', async () => {
  const { page } = await pages.open('<activation-viewer src="/late.safetensors"></activation-viewer>')
  await page.getByRole('alert').waitFor()
  pages.files.set('/late.safetensors', sampleFile())
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'rectangle' }).waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
  await page.locator('activation-viewer').evaluate((viewer) => viewer.setAttribute('src', '/nowhere.safetensors'))
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('heading', { name: 'rectangle' }).count()).toBe(1)
  await page.getByRole('button', { name: 'Close' }).click()
  await eventually(() => page.getByRole('alert').count()).toBe(0)
  await page.close()
})

test('an image that is dropped on a recorded trace is refused in words', async () => {
  const { page } = await pages.open('<activation-viewer src="/sample.safetensors"></activation-viewer>')
  await page.getByRole('heading', { name: 'rectangle' }).waitFor()
  await page.locator('activation-viewer').evaluate((viewer) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(['x'], 'cat.png', { type: 'image/png' }))
    viewer.shadowRoot?.querySelector('.viewer')?.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }))
  })
  await page.getByText('An image can only be denoised by a live model').waitFor()
  await page.close()
})

test('an image of one pixel, without layers or explanations, is shown', async () => {
  const pixel = (value: number) => ({ shape: [1, 1, 1], data: Float32Array.of(value) })
  const trace: Trace = {
    createdBy: 'a test',
    source: { name: 'a pixel' },
    model: { name: 'none', options: {}, output: 'clean', parameters: 0, layers: [] },
    images: { noisy: pixel(0.5) },
    frames: [{ denoised: pixel(0.25), activations: [], explanations: [], scores: [] }],
  }
  pages.files.set('/pixel.safetensors', writeTrace(trace, { activations: 'float32' }))
  const { page, complaints } = await pages.open('<activation-viewer src="/pixel.safetensors"></activation-viewer>')
  await page.getByText('This trace holds no explanations.').waitFor()
  await page.locator('[data-image=denoised] .plane').hover()
  await eventually(() => textOf(page.locator('[data-image=denoised] .value'))).toBe('0.25')
  expect(complaints).toEqual([])
  await page.close()
})

test('maps with NaN and layers that are dead or not finite are said, not drawn as if they were data', async () => {
  const data = Float32Array.of(1, Number.NaN, 0, 0)
  const trace: Trace = {
    createdBy: 'a test',
    source: { name: 'broken inside' },
    model: {
      name: 'none',
      options: {},
      output: 'clean',
      parameters: 0,
      layers: [{ name: 'conv', kind: 'Conv2D', shape: [2, 1, 2], parameters: 0 }],
    },
    images: { noisy: { shape: [1, 1, 2], data: Float32Array.of(0, 1) } },
    frames: [
      {
        activations: [{ layer: 'conv', shape: [2, 1, 2], data, range: rangeOf(data), dead: [1] }],
        explanations: [
          {
            method: 'input-gradient',
            title: 'Input gradient',
            options: {},
            target: { kind: 'pixel', of: 'denoised', text: 'pixel 0,0', numbers: { x: 0, y: 0 } },
            maps: [
              {
                name: 'input',
                shape: [1, 2],
                data: data.slice(0, 2),
                signed: true,
                units: '1',
                range: [1, 1],
                status: 'not-finite',
              },
            ],
            values: {},
          },
        ],
        scores: [],
      },
    ],
  }
  pages.files.set('/broken-inside.safetensors', writeTrace(trace, { activations: 'float32' }))
  const { page } = await pages.open('<activation-viewer src="/broken-inside.safetensors"></activation-viewer>')
  await page.locator('.stage').getByText('The map holds NaN or infinity, so it is not drawn').waitFor()
  await page.locator('.channel').getByText('holds NaN or infinity').waitFor()
  await page.getByRole('option', { name: 'Channel 1, dead: zero everywhere' }).click()
  await page.locator('.channel').getByText('dead: zero everywhere').waitFor()
  await page.close()
})
