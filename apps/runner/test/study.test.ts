import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeCheckpoint } from '@noisescope/nn'
import { afterAll, expect, test, vi } from 'vitest'
import { run, start, temporaryFolder } from './command.ts'

/** A quick training takes most of a minute, and a software adapter compiles every kernel anew in each process (milliseconds). */
vi.setConfig({ testTimeout: 600_000 })

const temporary = await temporaryFolder()
const folder = temporary.path
afterAll(() => temporary[Symbol.asyncDispose]())

const SMALL = [
  'study',
  '--quick',
  '--datasets',
  'fashion-mnist',
  '--images',
  '12',
  '--explained',
  '1',
  '--resamples',
  '20',
]
/** Noise that no shipped weights are for. */
const TRAINED = [...SMALL, '--noises', 'shot', '--judged', '0', '-o', 'trained', '--json']

const runFolder = async (): Promise<string> => {
  const [only, ...others] = (await readdir(join(folder, 'runs'))).filter((name) => name.startsWith('study-'))
  expect(others).toEqual([])
  return join(folder, 'runs', only ?? '')
}
const checkpointOf = async (path: string) =>
  decodeCheckpoint(await readFile(join(path, 'checkpoint.safetensors')), 'checkpoint')

test('a study that is interrupted while it trains a network goes on with that training, and does not train it again', async () => {
  const interrupted = start(folder, ...TRAINED)
  interrupted.interruptAt('loss')
  const stopped = await interrupted.ended
  expect(stopped.code, stopped.stderr).toBe(130)
  expect(stopped.stderr).toMatch(/stopped in the training for fashion-mnist-shot-autoencoder; the same command goes on/)
  const path = await runFolder()
  expect(await readdir(path)).not.toContain('metrics.json')
  const { losses: before } = await checkpointOf(path)
  expect(before.length).toBeGreaterThan(0)

  const resumed = await run(folder, ...TRAINED)
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(resumed.stderr).toMatch(/No weights .* with shot: going on with their training/)
  expect(await runFolder()).toBe(path)
  const { losses } = await checkpointOf(path)
  expect(losses.slice(0, before.length)).toEqual(before)
  const { cells } = JSON.parse(resumed.stdout)
  expect(cells[0].weights).toMatchObject({ origin: 'trained here', steps: losses.length })
  expect(cells[0].judged).toEqual([])

  const again = await run(folder, ...TRAINED, '--force')
  expect(again.code, again.stderr).toBe(0)
  expect(again.stderr).not.toMatch(/training/i)
  expect(JSON.parse(again.stdout).cells[0].evaluation).toEqual(cells[0].evaluation)
})

test('a few explanations are judged, and their scores in the page are those of the JSON', async () => {
  const { code, stdout, stderr } = await run(folder, ...SMALL, '--noises', 'gaussian', '-o', 'judged', '--json')
  expect(code, stderr).toBe(0)
  const [{ judged }] = JSON.parse(stdout).cells
  expect(judged.map(({ method, images }: { method: string; images: number }) => [method, images])).toEqual([
    ['input-times-gradient', 1],
    ['fullgrad', 1],
    ['noise-path', 1],
  ])
  const [product, fullGrad, path] = judged
  expect(Object.values(product.scores).every((value) => Number.isFinite(value))).toBe(true)
  // Not in units of the target, and spared.
  expect([fullGrad.scores.infidelity, path.scores.randomised]).toEqual([null, null])
  // What the noise on each pixel does is a better order of repair than chance.
  expect(path.scores.deletion).toBeGreaterThan(1)
  const page = await readFile(join(folder, 'judged', 'study.html'), 'utf8')
  for (const [name, value] of Object.entries<number | null>(path.scores)) {
    if (value !== null) expect(page, name).toContain(`<td>${value.toFixed(3)}</td>`)
  }
})

test('more explanations to judge than there are explained is refused', async () => {
  const { code, stderr } = await run(folder, ...SMALL, '--judged', '2')
  expect(stderr).toMatch(/explanations of 2 images cannot be judged of 1; give fewer with --judged/)
  expect(code).toBe(2)
})
