import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDevice } from '@noisescope/core/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, temporaryFolder, writePicture } from './command.ts'

const device = await openDevice()
const hasHalf = device.info.traits.f16
device[Symbol.dispose]()

const temporary = await temporaryFolder()
const folder = temporary.path

beforeAll(async () => {
  await writePicture(join(folder, 'a.png'), 30, 26)
  await writePicture(join(folder, 'b.png'), 24, 24)
})
afterAll(() => temporary[Symbol.asyncDispose]())

describe.skipIf(!hasHalf)('with --storage f16', () => {
  test('evaluate measures nearly the same, says so in its result, and does not go on with rows of the other storage', async () => {
    const evaluate = (...more: string[]) =>
      run(folder, 'evaluate', '--images', 'a.png', '--sigma', '25', '--json', ...more)
    const [half, single] = [await evaluate('--storage', 'f16'), await evaluate()]
    expect(half.code, half.stderr).toBe(0)
    const [ofHalf, ofSingle] = [half, single].map(({ stdout }) => JSON.parse(stdout))
    expect([ofHalf.storage, ofSingle.storage]).toEqual(['f16', undefined])
    expect(ofHalf.mean.noisy).toEqual(ofSingle.mean.noisy)
    expect(ofHalf.mean.denoised).not.toEqual(ofSingle.mean.denoised)
    expect(Math.abs(ofHalf.mean.denoised.psnr - ofSingle.mean.denoised.psnr)).toBeLessThan(0.05)

    const resumed = await evaluate('--storage', 'f16', '--resume')
    expect(resumed.stderr).toMatch(/holds an evaluation with other storage/)
    expect(resumed.code).toBe(2)
  })

  test('a training is not resumed with the other storage', async () => {
    const train = (...more: string[]) =>
      run(
        folder,
        ...['train', '--model', 'dncnn-compact', '--images', 'a.png', 'b.png', '--depth', '3', '--width', '4'],
        ...['--patch-size', '12', '--patches', '8', '--batch-size', '4', '--run', 'half', ...more],
      )
    const half = await train('--epochs', '1', '--storage', 'f16')
    expect(half.code, half.stderr).toBe(0)
    const resumed = await train('--epochs', '2', '--resume')
    expect(resumed.stderr).toMatch(
      /the checkpoint is of another run: .*it was made with storage f16, this run has none/,
    )
    expect(resumed.code).toBe(2)
  })
})

test('a storage that there is not is refused with those that there are', async () => {
  const { code, stderr } = await run(folder, 'denoise', 'a.png', '--storage', 'f8')
  expect(stderr).toMatch(/'f8' is invalid.*f32, f16/)
  expect(code).toBe(2)
})

test('--no-winograd keeps a training to direct sums, and the same comes out within what float32 leaves', async () => {
  await writePicture(join(folder, 'large.png'), 160, 160)
  await writePicture(join(folder, 'other.png'), 48, 48)
  const train = async (name: string, ...flags: string[]) => {
    const network = ['--model', 'dncnn-s', '--depth', '3', '--images', 'large.png', 'other.png', '--epochs', '1']
    const amounts = ['--patches', '16', '--batch-size', '16', '--patch-size', '40']
    const { code, stdout, stderr } = await run(
      folder,
      ...['train', ...network, ...amounts, '--run', name, '--json', '--profile', ...flags],
    )
    expect(code, stderr).toBe(0)
    const { profile, run: written } = JSON.parse(stdout)
    const history = JSON.parse(await readFile(join(folder, written, 'history.json'), 'utf8'))
    return { kernels: JSON.stringify(profile), loss: history.validation[0].loss }
  }
  const [usual, direct] = [await train('usual'), await train('direct', '--no-winograd')]
  expect(usual.kernels).toContain('winograd 4')
  expect(direct.kernels).not.toContain('winograd')
  // After one step of Adam, which divides by gradients near zero, losses near 8 agree to a thousandth.
  expect(direct.loss).toBeCloseTo(usual.loss, 3)
})
