import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dncnn } from '@noisescope/dncnn'
import { ffdnet } from '@noisescope/ffdnet'
import { createImage, encodePng } from '@noisescope/images'
import { type Model, variablesOf, writeSafetensors } from '@noisescope/nn'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, temporaryFolder, writePicture } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (...parts: string[]): string => join(folder, ...parts)
const weights = ['--weights', at('dncnn.safetensors')]
const namesIn = async (...parts: string[]): Promise<string[]> =>
  (await readdir(at(...parts), { recursive: true })).filter((name) => name.endsWith('.png')).sort()

async function writeWeights(name: string, model: Model): Promise<void> {
  const tensors = variablesOf(model).map(
    ({ name: variable, shape, initial }) => [variable, { shape, data: Float32Array.from(initial) }] as const,
  )
  await writeFile(at(name), writeSafetensors(new Map(tensors)))
}

beforeAll(async () => {
  await writeWeights('dncnn.safetensors', dncnn({ depth: 2, width: 2, batchNorm: false }))
  await writeWeights('ffdnet.safetensors', ffdnet({ depth: 2, width: 3 }))
  await mkdir(at('photos', 'more'), { recursive: true })
  for (const name of ['a.png', 'b.png', 'c.png', 'd.JFIF', 'more/e.PNG']) await writePicture(at('photos', name), 12, 10)
  await writePicture(at('photos', 'line.png'), 9, 1)
  await writeFile(at('photos', 'bad.png'), 'no picture')
  await writeFile(at('photos', 'notes.txt'), '')
})
afterAll(() => temporary[Symbol.asyncDispose]())

test('an image that cannot be used ends no other, nor one whose level cannot be estimated', async () => {
  const args = ['--weights', 'ffdnet.safetensors', '-o', 'told', '--json']
  const { code, stdout, stderr } = await run(folder, 'denoise', 'photos', ...args)
  expect(stderr).toMatch(/Left out: bad\.png is neither a PNG nor a JPEG/)
  expect(stderr).toMatch(
    /Left out: photos\/line\.png is 9x1: the noise level of a single line of pixels cannot be estim/,
  )
  expect(stderr).toContain('2 of 6 files could not be used.')
  expect(code).toBe(1)
  expect(await namesIn('told')).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name}-denoised.png`))
  expect(JSON.parse(stdout)).toMatchObject({ refused: 2, skipped: 0 })
})

test('what is passed over is counted and named, and folders within are searched where that is asked for', async () => {
  const { stderr } = await run(folder, 'denoise', 'photos', ...weights, '-o', 'flat')
  expect(stderr).toContain('Passed over: 1 file not called .png, .jpg or .jpeg (photos/notes.txt).')
  expect(stderr).toContain('Passed over: 1 folder (photos/more); --recursive looks into them too.')
  const deep = await run(folder, 'denoise', 'photos', ...weights, '-o', 'deep', '--recursive')
  expect(deep.stderr).not.toContain('1 folder')
  expect(await namesIn('deep')).toEqual([...(await namesIn('flat')), 'more/e-denoised.png'])
})

test('progress is told from the start where there is no terminal, and each result as soon as it is there', async () => {
  const { stdout, stderr } = await run(folder, 'denoise', 'photos/a.png', 'photos/b.png', ...weights, '-o', 'lines')
  expect(stderr).toMatch(/^2 images to denoise\.\n/)
  expect(stderr).toMatch(/\n0\/2 images, unknown left\n/)
  expect(stdout).toMatch(/photos\/a\.png \(12x10, grey\) -> lines\/a-denoised\.png\nphotos\/b\.png/)
})

test('a second run leaves out what is done, but not what has changed, and results are no images to denoise', async () => {
  const args = ['denoise', 'photos', ...weights, '-o', 'photos/out', '--recursive', '--skip-done', '--json']
  await run(folder, ...args)
  const results = await namesIn('photos/out')
  expect(results).toHaveLength(6)
  await rm(at('photos/out/b-denoised.png'))
  const later = new Date(Date.now() + 60_000)
  await utimes(at('photos/c.png'), later, later)
  const before = await stat(at('photos/out/a-denoised.png'))
  const { stdout, stderr } = await run(folder, ...args)
  expect(stderr).toMatch(/Passed over: 5 results of an earlier run \(photos\/out\/a-denoised\.png, /)
  expect(stderr).toContain('3 images to denoise; 4 done before.')
  const { files, skipped } = JSON.parse(stdout)
  expect(files.map(({ input }: { input: string }) => input)).toEqual(['photos/b.png', 'photos/c.png'])
  expect(skipped).toBe(4)
  expect((await stat(at('photos/out/a-denoised.png'))).mtimeMs).toBe(before.mtimeMs)
  expect(await namesIn('photos/out')).toEqual(results)
  await rm(at('photos/out'), { recursive: true })
})

test('results beside their images are left alone by a second run', async () => {
  await mkdir(at('beside'))
  await writePicture(at('beside/a.png'), 12, 10)
  await writePicture(at('beside/a-noisy.png'), 12, 10)
  const args = ['denoise', '.', ...weights, '-o', '.']
  for (const _ of [1, 2]) expect((await run(at('beside'), ...args)).code).toBe(0)
  expect(await namesIn('beside')).toEqual(['a-denoised.png', 'a-noisy-denoised.png', 'a-noisy.png', 'a.png'])
})

test('shards share the images out, each with the noise that it has without them', async () => {
  const args = ['denoise', 'photos', ...weights, '--sigma', '25']
  await run(folder, ...args, '-o', 'whole')
  const parts = await Promise.all(
    ['1/3', '2/3', '3/3'].map((shard) => run(folder, ...args, '-o', 'parts', '--shard', shard)),
  )
  expect(parts.map(({ stderr }) => /\d images to denoise/.exec(stderr)?.[0])).toEqual(
    Array.from({ length: 3 }, () => '2 images to denoise'),
  )
  expect(await namesIn('parts')).toEqual(await namesIn('whole'))
  for (const name of await namesIn('whole'))
    expect(await readFile(at('parts', name)), name).toEqual(await readFile(at('whole', name)))
  expect((await run(folder, ...args, '--shard', '4/3')).code).toBe(2)
})

test('images of the same name from several folders have results of their own', async () => {
  for (const name of ['one', 'two']) {
    await mkdir(at(name))
    await writePicture(at(name, 'same.png'), 12, 10)
  }
  await writePicture(at('one', 'same.jpg'), 12, 10)
  const { code } = await run(folder, 'denoise', 'one', 'two', ...weights, '-o', 'sames')
  expect(code).toBe(0)
  expect(await namesIn('sames')).toEqual(['same.jpg-denoised.png', 'same.png-2-denoised.png', 'same.png-denoised.png'])
})

test('memory does not grow with the number of images', async () => {
  const [width, height] = [1000, 900]
  const bytes = 3 * 4 * width * height
  const data = Float32Array.from({ length: 3 * width * height }, (_, i) => (i % 97) / 96)
  const png = encodePng(createImage(width, height, 3, data))
  const [few, many] = [2, 26]
  await mkdir(at('large'))
  for (let i = 0; i < many; i++) await writeFile(at('large', `${i}.png`), png)
  const peakOf = async (count: number): Promise<number> => {
    const peak = at(`peak-${count}`)
    const tell = `process.on("exit",()=>process.getBuiltinModule("fs").writeFileSync(${JSON.stringify(peak)},String(process.resourceUsage().maxRSS)))`
    const { NODE_OPTIONS } = process.env
    process.env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(tell)}`
    const inputs = Array.from({ length: count }, (_, i) => `large/${i}.png`)
    const { code, stderr } = await run(folder, 'denoise', ...inputs, ...weights, '-o', 'large-out').finally(() => {
      if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS
      else process.env.NODE_OPTIONS = NODE_OPTIONS
    })
    expect(code, stderr).toBe(0)
    return 1024 * Number(await readFile(peak, 'utf8'))
  }
  const [least, most] = [await peakOf(few), await peakOf(many)]
  // All of them at once would be 24 more images; garbage that is not collected yet may be some.
  expect(Math.round((most - least) / bytes)).toBeLessThan(12)
})
