import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeCheckpoint } from '@noisescope/nn'
import { afterAll, expect, test } from 'vitest'
import { run, start, temporaryFolder, writeUntrainedWeights } from './command.ts'

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

test('a cell is taken as it is while its weights are the same, and measured anew when others stand in their place', async () => {
  const cell = join(folder, 'trained', 'cells', 'fashion-mnist-shot-autoencoder.json')
  const written = async () => (await stat(cell)).mtimeMs
  const before = await written()
  const same = JSON.parse((await run(folder, ...TRAINED)).stdout)
  expect(await written()).toBe(before)

  const whole = await readFile(cell, 'utf8')
  await writeFile(cell, whole.slice(0, whole.length >> 1))
  const repaired = await run(folder, ...TRAINED)
  expect(repaired.stderr).toMatch(/fashion-mnist-shot-autoencoder\.json is damaged: its cell is measured again/)
  expect(repaired.code).toBe(0)
  expect(JSON.parse(await readFile(cell, 'utf8')).result.separation).toEqual(JSON.parse(whole).result.separation)

  await writeUntrainedWeights(join(await runFolder(), 'model.safetensors'))
  const { code, stdout, stderr } = await run(folder, ...TRAINED)
  expect(code, stderr).toBe(0)
  expect(await written()).toBeGreaterThan(before)
  const other = JSON.parse(stdout)
  expect(other.cells[0].weights.sha256).not.toBe(same.cells[0].weights.sha256)
  expect(other.cells[0].evaluation.denoised.psnr).toBeLessThan(same.cells[0].evaluation.denoised.psnr)
})

test('a few explanations are judged, and scores in the page and the CSV are those of the JSON', async () => {
  const { code, stdout, stderr } = await run(folder, ...SMALL, '--noises', 'gaussian', '-o', 'judged', '--json')
  expect(code, stderr).toBe(0)
  const [{ judged }] = JSON.parse(stdout).cells
  expect(judged.map(({ method, images }: { method: string; images: number }) => [method, images])).toEqual([
    ['input-times-gradient', 1],
    ['fullgrad', 1],
    ['fullgrad', 1],
    ['noise-path', 1],
  ])
  const [product, fullGrad, signed, path] = judged
  for (const { scores } of [product, signed, path]) {
    for (const [name, value] of Object.entries(scores)) expect(value, name).toEqual(expect.any(Number))
    // With signs nothing is left of a map when the parameters are random.
    expect(Math.abs(scores.randomised)).toBeLessThan(0.25)
  }
  // Of magnitudes something is left, and no more than two random networks share.
  expect(fullGrad.scores.randomised).toBeGreaterThan(0.25)
  expect(fullGrad.scores.randomised).toBeLessThan(fullGrad.scores['random |map|'])
  // Not in units of the target.
  expect(fullGrad.scores.infidelity).toBeNull()
  const [{ objectThreshold, f1, objectGap }] = JSON.parse(stdout).cells[0].beyondMedian
  const csv = await readFile(join(folder, 'judged', 'study.csv'), 'utf8')
  for (const [region, { value, interval, basis }] of [
    ['background - core', f1],
    ['background - object', objectGap.f1],
  ]) {
    expect(csv).toContain(
      `"network - median",${objectThreshold},"${region}","f1",${value},${interval.low},${interval.high},${basis.values},${basis.images}\n`,
    )
  }
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
