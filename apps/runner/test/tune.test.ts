import { readFile } from 'node:fs/promises'
import { type InputSpec, inputTensor, type Shape, type Tensor, topological } from '@noisescope/core'
import { modelKind } from '@noisescope/models'
import { afterAll, expect, test, vi } from 'vitest'
import { foundLines } from '../src/tune.ts'
import { denoisingGraph, type TunedGraph, trainingGraph } from '../src/tuned-graphs.ts'
import { run, temporaryFolder, writePicture } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
afterAll(() => temporary[Symbol.asyncDispose]())

const traced = ({ inputs, graph }: TunedGraph): Tensor[] => {
  const shapes = Object.entries(inputs as InputSpec as Record<string, Shape>)
  const leaves = Object.fromEntries(shapes.map(([name, shape]) => [name, inputTensor(name, shape)]))
  return topological(Object.values(graph(leaves)))
}

const convolutions = (graph: TunedGraph): string[] =>
  traced(graph).flatMap(({ op, shape }) => (op.name.startsWith('conv2d') ? [`${op.name} ${shape.join('x')}`] : []))

test('tuning for denoising is for an image of that size, whole, or in tiles where it is large', () => {
  const kind = modelKind('dncnn-compact')
  expect(denoisingGraph(kind, {}, { width: 321, height: 481 }).inputs).toMatchObject({ noisy: [1, 1, 481, 321] })
  const large = denoisingGraph(kind, {}, { width: 2000, height: 1000 })
  expect(large.inputs.noisy).not.toEqual([1, 1, 1000, 2000])
  expect(large.what).toContain('in tiles of')
  expect(denoisingGraph(kind, { channels: 3 }, undefined).inputs).toMatchObject({ noisy: [1, 3, 256, 256] })
})

test('tuning for a model of tiles is for its tiles, and another size is refused', () => {
  const kind = modelKind('autoencoder')
  expect(denoisingGraph(kind, {}, undefined).inputs).toEqual({ noisy: [16, 1, 28, 28] })
  expect(() => denoisingGraph(kind, {}, { width: 32, height: 32 })).toThrow('--size has no use here')
})

test('a network that is told the noise level is tuned with it, in training too', () => {
  const kind = modelKind('ffdnet')
  expect(convolutions(denoisingGraph(kind, {}, { width: 64, height: 64 })).length).toBeGreaterThan(10)
  expect(convolutions(trainingGraph(kind, {}, { size: undefined, batch: 2 })).length).toBeGreaterThan(30)
})

test('tuning for training is for the gradients of every weight, with the batch and patch of the recipe', () => {
  const kind = modelKind('dncnn-compact')
  const graph = trainingGraph(kind, { batchNorm: false }, { size: undefined, batch: undefined })
  const { batchSize, patch } = kind.takes === 'photographs' ? kind.recipe({}) : { batchSize: 0, patch: 0 }
  expect(graph.inputs).toEqual({ clean: [batchSize, 1, patch, patch] })
  const names = convolutions(graph).map((text) => text.split(' ')[0])
  const layers = names.filter((name) => name === 'conv2d').length
  expect(names.filter((name) => name === 'conv2dWeightGradient')).toHaveLength(layers)
  expect(names.filter((name) => name === 'conv2dInputGradient')).toHaveLength(layers - 1)
})

test('what won stands with its gain over the guess, and says where the guess was wrong', () => {
  const lines = foundLines([
    { key: 'conv2d a', winner: 'gemm', guess: 'direct', milliseconds: { gemm: 2, direct: 5 } },
    { key: 'conv2d b', winner: 'direct', guess: 'direct', milliseconds: { gemm: 2, direct: 1 } },
    { key: 'conv2d c', winner: 'direct', guess: 'gemm', milliseconds: { gemm: undefined, direct: 1 } },
  ]).map((line) => line.replaceAll(/ {2,}/g, '  ').trim())
  expect(lines.slice(1)).toEqual([
    'conv2d a  gemm  2.00  2.50 times as fast as direct',
    'conv2d b  direct  1.00  as guessed',
    'conv2d c  direct  1.00  gemm is wrong here',
  ])
})

test.runIf(process.platform === 'linux')(
  'tune remembers winners for the next command, and denoise takes them and tells where its time goes',
  async () => {
    vi.stubEnv('XDG_CACHE_HOME', folder)
    const flags = ['--model', 'dncnn-compact', '--size', '24x32', '--json']
    const first = await run(folder, 'tune', ...flags)
    expect(first.stderr).toContain('denoising images of 32x24')
    expect(first.code).toBe(0)
    const { found, open } = JSON.parse(first.stdout)
    expect(found).toHaveLength(open)
    expect(await readFile(`${folder}/noisescope/tuning-2.json`, 'utf8')).toContain(found[0].key)
    const again = await run(folder, 'tune', ...flags)
    expect(JSON.parse(again.stdout)).toMatchObject({ open: 0, found: [] })
    expect(again.stderr).toContain('has its winner already')

    await writePicture(`${folder}/small.png`, 32, 24)
    const { code, stdout, stderr } = await run(folder, 'denoise', 'small.png', '--profile', '--json')
    vi.unstubAllEnvs()
    expect(stderr).toMatch(/Kernels: .* in 1 run/)
    expect(code).toBe(0)
    const { profile } = JSON.parse(stdout)
    expect(profile.layers.map(({ layer }: { layer: string }) => layer)).toContain('conv_1')
    expect(profile.operations).toBeGreaterThan(2 * 32 * 24 * 9 * 32 * 32)
    const kernels = profile.layers.flatMap(({ kernels }: { kernels: { kernel: string }[] }) => kernels)
    const shares = kernels.map(({ shareOfCeiling }: { shareOfCeiling: number }) => shareOfCeiling)
    expect(shares.every((share: number) => share > 0)).toBe(true)
  },
)

test('what tune cannot use is refused with what it expected', async () => {
  const sized = await run(folder, 'tune', '--model', 'dncnn-compact', '--size', 'large')
  expect([sized.code, sized.stderr]).toEqual([2, expect.stringContaining('HEIGHTxWIDTH')])
  const batched = await run(folder, 'tune', '--model', 'dncnn-compact', '--batch', '4')
  expect([batched.code, batched.stderr]).toEqual([2, expect.stringContaining('--batch belongs to --train')])
})
