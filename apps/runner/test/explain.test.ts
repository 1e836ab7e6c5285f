import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readTrace } from '@noisescope/explain/trace'
import { createImage, decodeImage, encodePng } from '@noisescope/images'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, temporaryFolder, writePicture, writeUntrainedWeights } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (...parts: string[]): string => join(folder, ...parts)
const weights = ['--weights', 'random.safetensors']

beforeAll(async () => {
  await writeUntrainedWeights(at('random.safetensors'), { dataset: 'fashion-mnist' })
  await writePicture(at('picture.png'), 28, 28)
  await writePicture(at('wide.png'), 60, 40)
  await writeFile(at('black.png'), encodePng(createImage(28, 28, 1, new Float32Array(784))))
})
afterAll(() => temporary[Symbol.asyncDispose]())

test('a pixel is explained: figures, numbers, and a trace that holds the images, activations and maps', async () => {
  const methods = ['--method', 'pixel-filter,layercam', '--layers', 'conv2d_3', 'conv2d_5']
  const args = [...weights, ...methods, '--target', 'pixel:12,14', '--noise', 'gaussian', '-o', 'out', '--json']
  const { code, stdout, stderr } = await run(folder, 'explain', 'picture.png', ...args)
  expect(code, stderr).toBe(0)
  const result = JSON.parse(stdout)
  expect(result).toMatchObject({
    model: 'autoencoder',
    target: { kind: 'pixel', of: 'denoised', text: 'pixel 12,14 of the denoised image' },
    noise: { kind: 'gaussian', sd: 0.2 },
  })
  const [filter, layerCam] = result.explanations
  expect(filter.completeness.relative).toBeLessThan(1e-4)
  expect(layerCam.maps.map(({ name, shape }: { name: string; shape: number[] }) => [name, ...shape])).toEqual([
    ['conv2d_3', 4, 4],
    ['conv2d_5', 14, 14],
  ])
  expect((await readdir(at('out'))).toSorted()).toEqual([
    'explanations.json',
    'layercam.png',
    'pixel-filter.png',
    'trace.safetensors',
  ])
  expect(decodeImage(await readFile(at('out', 'pixel-filter.png'))).width).toBeGreaterThan(600)

  const trace = readTrace(await readFile(at('out', 'trace.safetensors')), 'trace')
  const [frame] = trace.frames
  expect(frame.activations.map(({ layer }) => layer)).toEqual(trace.model.layers.map(({ name }) => name))
  const [row] = frame.explanations[0]?.maps ?? []
  expect(row?.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(filter.values.rowSum, 4)
  expect(frame.denoised?.data[14 * 28 + 12]).toBeCloseTo(result.value, 5)
})

test('where the clean image is known the trace and the summary score this image, and measures judge the explanations', async () => {
  const measures = 'insertion-deletion:steps=5,infidelity:draws=8,max-sensitivity:draws=2,randomisation'
  const methods = ['--method', 'input-gradient,layercam', '--layers', 'conv2d_5', '--target', 'region:8,8,10,10']
  const args = [...methods, '--noise', 'salt-and-pepper', '--evaluate', measures, '-o', 'judged', '--json']
  const { code, stdout, stderr } = await run(folder, 'explain', 'picture.png', ...weights, ...args)
  expect(code, stderr).toBe(0)
  expect(stderr).toMatch(/Scores of this image: PSNR [\d.]+ dB, SSIM /)
  expect(stderr).toMatch(
    /explanation +map +deletion +insertion +infidelity +max-sensitivity +randomised +randomised \|map\| +random \|map\|/,
  )
  expect(stderr).toMatch(/LayerCAM: infidelity: the map is of conv2d_5; expected one of the input/)
  const { scores, evaluation } = JSON.parse(stdout)
  type Judged = {
    method: string
    measure: string
    scores: { value: number }[]
    details: object
    refused: string | null
  }
  const found = (method: string, measure: string): Judged =>
    evaluation.find((each: Judged) => each.method === method && each.measure === measure)
  expect(found('input-gradient', 'max-sensitivity').details).toMatchObject({
    sensitivities: [expect.any(Number), expect.any(Number)],
  })
  expect(found('layercam', 'insertion-deletion').refused).toMatch(/map conv2d_5 is 14x14; expected a map of the image/)
  expect(found('layercam', 'randomisation').details).toMatchObject({
    steps: expect.arrayContaining([expect.objectContaining({ layer: 'conv2d' })]),
  })
  expect(scores.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining([
      'PSNR',
      'SSIM',
      'F1 in the object’s core',
      'F1 on the whole object',
      'F1 beside the object',
      'attribution on noise, Input gradient',
    ]),
  )

  const [frame] = readTrace(await readFile(at('judged', 'trace.safetensors')), 'trace').frames
  expect(frame.scores.slice(0, scores.length)).toEqual(scores)
  const judged = frame.scores.slice(scores.length)
  expect(judged.map(({ name }) => name)).toEqual([
    'deletion, Input gradient',
    'insertion, Input gradient',
    'infidelity, Input gradient',
    'max-sensitivity, Input gradient',
    'randomised, Input gradient',
    'randomised |map|, Input gradient',
    'random |map|, Input gradient',
    'max-sensitivity, LayerCAM (conv2d_5)',
    'randomised, LayerCAM (conv2d_5)',
    'randomised |map|, LayerCAM (conv2d_5)',
    'random |map|, LayerCAM (conv2d_5)',
  ])
  expect(judged[2]?.value).toBe(found('input-gradient', 'infidelity').scores[0]?.value)
})

test('--help names every method and measure with its options', async () => {
  const { stdout } = await run(folder, 'explain', '--help')
  expect(stdout).toMatch(/^ {2}fullgrad rescale=layer implicit=false$/m)
  expect(stdout).toMatch(/implicit=true adds maps of the biases of sigmoid, tanh and products/)
  expect(stdout).toMatch(/^ {2}infidelity draws=64 deviation=0.02/m)
})

test('of a larger image the middle is explained, or the part that is asked for', async () => {
  const args = ['explain', 'wide.png', ...weights, '--method', 'input-gradient', '--activations', 'none', '--json']
  const middle = JSON.parse((await run(folder, ...args)).stdout)
  expect(middle.part).toBe('28x28 pixels at 16,6')
  const corner = JSON.parse((await run(folder, ...args, '--crop', '32,12,28,28')).stdout)
  expect(corner.part).toBe('28x28 pixels at 32,12')
})

test.each([
  ['a method that does not exist', ['--method', 'gradcamm'], /no method gradcamm; expected one of .*layercam/],
  ['an option that a method does not have', ['--method', 'layercam:x=1'], /layercam has no option x; it has none/],
  [
    'a measure that does not exist',
    ['--evaluate', 'fidelity'],
    /no measure fidelity; expected one of insertion-deletion/,
  ],
  ['a measure twice', ['--evaluate', 'infidelity,infidelity'], /--evaluate names infidelity twice/],
  [
    'a measure that needs the clean image, without it',
    ['--evaluate', 'insertion-deletion'],
    /--evaluate insertion-deletion needs the clean image, which is not given; give --clean-image/,
  ],
  ['a layer that does not exist', ['--layers', 'conv9'], /autoencoder has no layer conv9; it has conv2d, .*conv2d_6/],
  ['a pixel outside of the image', ['--target', 'pixel:28,0'], /pixel 28,0 is not in the image of 28x28.*0 to 27/],
  ['a target that is none', ['--target', 'pixle:1,1'], /--target pixle:1,1: expected one of pixel:X,Y/],
  ['a mask of another size', ['--target', 'region:wide.png'], /mask of 60x40 .*expected 28x28/],
  ['an empty mask', ['--target', 'region:black.png'], /empty mask; expected at least one pixel/],
  [
    'a region beyond the edge',
    ['--target', 'region:20,20,9,9'],
    /9x9 pixels at 20,20 is not within the image of 28x28/,
  ],
  [
    'a channel that a layer does not have',
    ['--target', 'channel:conv2d_3,16'],
    /conv2d_3 has no channel 16; it has 16/,
  ],
  ['an error without the clean image', ['--target', 'error:all'], /distance to the clean image, which is not given/],
  ['a path from the clean image without it', ['--method', 'noise-path'], /clean image, which is not given/],
  [
    'a part of a size that the model does not take',
    ['--crop', '0,0,20,20'],
    /takes images of 28x28 pixels, not of 20x20/,
  ],
])('%s is refused in one line', async (_, args, answer) => {
  const { code, stderr } = await run(folder, 'explain', 'picture.png', ...weights, ...args)
  const lines = stderr.trimEnd().split('\n')
  expect(lines.at(-1)).toMatch(answer)
  expect(code).toBe(2)
})
