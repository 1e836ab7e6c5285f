import { cp, mkdir, readdir, readFile, rm, watch, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readTrace } from '@noisescope/explain/trace'
import { readSafetensors } from '@noisescope/nn'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Running, run, start, temporaryFolder } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
const tiny = {
  dataset: 'fashion-mnist',
  noise: 'gaussian',
  'train-images': 20,
  'test-images': 12,
  batchSize: 4,
  epochs: 2,
  'checkpoint-every': 2,
}
const STEPS = 10

beforeAll(() => writeFile(join(folder, 'tiny.json'), JSON.stringify(tiny)))
afterAll(() => temporary[Symbol.asyncDispose]())

const train = (...args: string[]) => run(folder, 'train', '--config', 'tiny.json', ...args)
const jsonOf = async (...path: string[]) => JSON.parse(await readFile(join(folder, 'runs', ...path), 'utf8'))
const traceOf = async (name: string) => {
  const path = join(folder, 'runs', name, 'trace.safetensors')
  return readTrace(await readFile(path), path)
}
const weightsOf = async (name: string) =>
  readSafetensors(await readFile(join(folder, 'runs', name, 'model.safetensors')), name)

test('a run leaves weights that say how they came about, its history, its measures and its figures', async () => {
  const { code, stdout, stderr } = await train('--run', 'whole', '--json')
  expect(stderr).toMatch(/^Adapter: /m)
  expect(code).toBe(0)
  const result = JSON.parse(stdout)
  expect(result).toMatchObject({
    run: 'runs/whole',
    steps: STEPS,
    endedBy: 'epochs',
    images: 12,
    batchSize: 4,
    seed: 1,
  })
  expect(result).toMatchObject({
    model: 'autoencoder',
    noise: { kind: 'gaussian', sd: 0.2 },
    deadChannels: { of: 224 },
  })
  expect(await jsonOf('whole', 'metrics.json')).toEqual(result)
  const history = await jsonOf('whole', 'history.json')
  expect(history.stepsPerEpoch).toBe(5)
  expect(history.steps).toHaveLength(STEPS)
  expect(history.validation).toHaveLength(2)
  const { metadata } = await weightsOf('whole')
  expect(metadata).toMatchObject({
    model: 'autoencoder',
    noise: '{"kind":"gaussian","sd":0.2}',
    dataset: 'fashion-mnist',
  })
  expect((await readdir(join(folder, 'runs/whole'))).sort()).toEqual([
    'activations',
    'activations.png',
    'checkpoint-previous.safetensors',
    'checkpoint.safetensors',
    'comparison.png',
    'history.json',
    'loss.png',
    'metrics.json',
    'model.safetensors',
    'trace.safetensors',
  ])
})

test('its trace shows one held-out image from before the first step to the end, with the losses of the run', async () => {
  const { source, model, frames, training, images } = await traceOf('whole')
  expect(source).toMatchObject({
    name: 'fashion-mnist test image 0',
    noise: { settings: { kind: 'gaussian', sd: 0.2 } },
  })
  expect(frames.map(({ step, label }) => [step, label])).toEqual([
    [0, 'before the first step'],
    ...[2, 4, 6, 8, 10].map((step) => [step, `step ${step} of 10`]),
  ])
  const history = await jsonOf('whole', 'history.json')
  expect(training).toEqual({
    steps: history.steps.map(({ step }: { step: number }) => step),
    loss: history.steps.map(({ loss }: { loss: number }) => loss),
    validation: { steps: [5, 10], values: history.validation.map(({ loss }: { loss: number }) => loss) },
  })
  for (const frame of frames) {
    expect(frame.activations.map(({ layer }) => layer)).toEqual(model.layers.map(({ name }) => name))
    const [psnr] = frame.scores
    const error = frame.error?.data ?? new Float32Array()
    const square = error.reduce((sum, value) => sum + value * value, 0) / error.length
    // A sigmoid ends the network, so nothing is clipped.
    expect(psnr).toMatchObject({ name: 'PSNR', value: expect.closeTo(-10 * Math.log10(square), 3) })
  }
  expect(frames.at(-1)?.denoised?.data).not.toEqual(frames[0].denoised?.data)
  expect(images.clean?.shape).toEqual([1, 28, 28])
})

test('a finished run is not replaced unasked', async () => {
  const { code, stderr } = await train('--run', 'whole')
  expect(stderr).toMatch(/error: runs\/whole holds a finished run; .*--force.*--run/)
  expect(code).toBe(2)
})

test('a run interrupted by Ctrl-C is saved, says how to go on and is not replaced unasked', async () => {
  const interrupted = start(folder, 'train', '--config', 'tiny.json', '--run', 'stopped', '--json')
  interrupted.interruptAt('loss')
  const { code, stderr, stdout } = await interrupted.ended
  expect(stderr).toMatch(
    /stopped after step \d+, saved in runs\/stopped\/checkpoint\.safetensors; the same command with --resume/,
  )
  expect(code).toBe(130)
  expect(stdout).toBe('')
  const left = await readdir(join(folder, 'runs/stopped'))
  expect(left).toEqual(expect.arrayContaining(['checkpoint.safetensors', 'trace.safetensors']))
  expect(left.filter((name) => !/^(checkpoint(-previous)?|trace)\.safetensors$/.test(name))).toEqual([])

  const again = await train('--run', 'stopped')
  expect(again.stderr).toMatch(/error: runs\/stopped holds an interrupted run; go on with --resume/)
  expect(again.code).toBe(2)
})

test('the interrupted run is not resumed with another noise', async () => {
  const { code, stderr } = await train('--run', 'stopped', '--resume', '--sd', '0.3')
  expect(stderr).toMatch(/error: the checkpoint is of another run: it was made with noise .*0\.2.*0\.3/)
  expect(code).toBe(2)
})

test('the interrupted run ends, resumed, at the same weights and measures as one without interruption', async () => {
  const { code, stdout } = await train('--run', 'stopped', '--resume')
  expect(code).toBe(0)
  expect(stdout).toContain('runs/stopped/metrics.json')
  expect([...(await weightsOf('stopped')).tensors]).toEqual([...(await weightsOf('whole')).tensors])
  expect(await jsonOf('stopped', 'history.json')).toEqual(await jsonOf('whole', 'history.json'))
  expect((await jsonOf('stopped', 'metrics.json')).denoised).toEqual((await jsonOf('whole', 'metrics.json')).denoised)
})

test('the trace of the resumed run is that of the run without interruption', async () => {
  const [whole, stopped] = [await traceOf('whole'), await traceOf('stopped')]
  expect(stopped.training).toEqual(whole.training)
  expect(stopped.frames.map(({ step, scores }) => ({ step, scores }))).toEqual(
    whole.frames.map(({ step, scores }) => ({ step, scores })),
  )
  expect(stopped.frames.map(({ denoised }) => denoised)).toEqual(whole.frames.map(({ denoised }) => denoised))
})

test('a run that is resumed without its earlier trace says that this one begins there, and holds the whole history', async () => {
  await cp(join(folder, 'runs/whole'), join(folder, 'runs/longer'), { recursive: true })
  await rm(join(folder, 'runs/longer/trace.safetensors'))
  const { code, stderr } = await train('--run', 'longer', '--resume', '--epochs', '3')
  expect(stderr).toMatch(/trace of this run begins after step 10: its earlier frames are lost \(there is none\)/)
  expect(code).toBe(0)
  const { frames, training } = await traceOf('longer')
  expect(frames.map(({ step }) => step)).toEqual([12, 15])
  expect(training?.steps).toEqual(Array.from({ length: 15 }, (_, i) => i + 1))
})

/** Starts a training and sends it the signal as soon as its first checkpoint is there, before anything else is written. */
async function signalledAtCheckpoint(name: string, signal: 'SIGSTOP' | 'SIGKILL'): Promise<Running> {
  const path = join(folder, 'runs', name)
  await mkdir(path, { recursive: true })
  const running = start(folder, 'train', '--config', 'tiny.json', '--run', name)
  for await (const { filename } of watch(path)) {
    if (filename !== 'checkpoint.safetensors') continue
    running.signal(signal)
    return running
  }
  throw new Error('no longer watched')
}

test('a run that is killed leaves all to go on with, and its recording ends with the same frames', async () => {
  const killed = await signalledAtCheckpoint('killed', 'SIGKILL')
  await killed.ended
  const left = await readdir(join(folder, 'runs/killed'))
  expect(left, 'nobody gave the lock back').toContain('run.lock')
  const before = await traceOf('killed')
  expect(before.frames.map(({ step }) => step)).toEqual([0])

  const { code, stderr } = await train('--run', 'killed', '--resume')
  expect(code, stderr).toBe(0)
  const [whole, again] = [await traceOf('whole'), await traceOf('killed')]
  expect(again.frames.map(({ step, label }) => [step, label])).toEqual(
    whole.frames.map(({ step, label }) => [step, label]),
  )
  expect(again.frames.map(({ denoised }) => denoised)).toEqual(whole.frames.map(({ denoised }) => denoised))
  expect(again.training).toEqual(whole.training)
  expect([...(await weightsOf('killed')).tensors]).toEqual([...(await weightsOf('whole')).tensors])
  expect(await readdir(join(folder, 'runs/killed'))).toEqual(await readdir(join(folder, 'runs/whole')))
})

test('two trainings do not share a folder, until the first has ended, however it did', async () => {
  const first = await signalledAtCheckpoint('shared', 'SIGSTOP')
  for (const flag of ['--resume', '--force']) {
    const second = await train('--run', 'shared', flag)
    expect(second.stderr).toMatch(/error: in runs\/shared a training is running already \(process \d+ on .*run\.lock/)
    expect(second.code).toBe(2)
  }
  first.signal('SIGKILL')
  await first.ended
  const { code, stderr } = await train('--run', 'shared', '--resume')
  expect(code, stderr).toBe(0)
  expect([...(await weightsOf('shared')).tensors]).toEqual([...(await weightsOf('whole')).tensors])
})

test('a damaged checkpoint is told, and the run goes on from the one before to the same weights', async () => {
  await cp(join(folder, 'runs/whole'), join(folder, 'runs/damaged'), { recursive: true })
  const path = join(folder, 'runs/damaged/checkpoint.safetensors')
  const bytes = await readFile(path)
  bytes[bytes.length - 1000]! ^= 1
  await writeFile(path, bytes)
  const { code, stderr } = await train('--run', 'damaged', '--resume', '--epochs', '3')
  expect(stderr).toMatch(
    /checkpoint\.safetensors is damaged: .*going on from .*checkpoint-previous\.safetensors, step 8/,
  )
  expect(code).toBe(0)
  expect([...(await weightsOf('damaged')).tensors]).toEqual([...(await weightsOf('longer')).tensors])

  for (const name of ['checkpoint', 'checkpoint-previous'])
    await writeFile(join(folder, 'runs/damaged', `${name}.safetensors`), bytes)
  const refused = await train('--run', 'damaged', '--resume', '--epochs', '4')
  expect(refused.stderr).toMatch(/error: runs\/damaged\/checkpoint\.safetensors is damaged/)
  expect(refused.code).toBe(2)
})
