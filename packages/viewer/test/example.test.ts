import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, textOf } from './helpers/eventually.ts'
import { openViewerPages, type ViewerPages } from './helpers/viewer-pages.ts'

const EXAMPLES = new URL('../../../examples/', import.meta.url)

let pages: ViewerPages
beforeAll(async () => {
  pages = await openViewerPages()
})
afterAll(() => pages.close())

test('the page of examples/ embeds the viewer in ten lines and shows its trace', async () => {
  const html = await readFile(new URL('embed.html', EXAMPLES), 'utf8')
  expect(html.trimEnd().split('\n')).toHaveLength(10)
  pages.files.set('/examples/embed.html', new TextEncoder().encode(html))
  pages.files.set('/examples/shirt.safetensors', await readFile(new URL('shirt.safetensors', EXAMPLES)))
  pages.files.set('/packages/viewer/dist/bundle/index.js', new TextEncoder().encode("export * from '/index.js'"))
  const { page, complaints } = await pages.open('')
  await page.goto(new URL('/examples/embed.html', page.url()).href)
  await page.getByRole('heading', { name: 'fashion-mnist test image 0' }).waitFor()
  const fact = (name: string) => textOf(page.locator(`.explanation [data-fact=${name}]`))
  await eventually(() => fact('rowSum')).toBe('0.3425')
  expect(await fact('completeness')).toMatch(/^gap 1\.4e−8/)
  expect(await page.locator('.layer').count()).toBe(13)
  expect(complaints.filter((each) => !each.includes('favicon'))).toEqual([])
  await page.close()
})
