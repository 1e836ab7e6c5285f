import { autoencoder, autoencoderLoss } from '@noisescope/autoencoder'
import { gradients, keyFrom, type Program, random, type Shape, type StorageFormat } from '@noisescope/core'
import { dncnnFromStateDict } from '@noisescope/dncnn'
import { imageQuality } from '@noisescope/metrics'
import { adam, parametersOf, variablesOf } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { cropOf, itWithShared, sharedImage, sharedTensors, testDevice } from './helpers/shared.ts'

const device = await testDevice()

/** Compiling the kernels of a training step takes a software adapter long (milliseconds). */
const COLD_START = 240_000

if (!device.info.traits.f16) console.info('f16 storage is not tested: this adapter has no shader-f16')

describe.skipIf(!device.info.traits.f16)('what layers hand on as f16', () => {
  itWithShared('changes the PSNR of DnCNN-S by less than 0.001 dB and halves its memory', async () => {
    const size = 80
    const clean = cropOf(sharedImage('data/reference/set12_01_clean.npy'), 60, size)
    const noise = random('normal', keyFrom(1), size ** 2)
    const noisy = clean.map((value, i) => value + (25 / 255) * (noise[i] as number))
    const { model, values } = dncnnFromStateDict(sharedTensors('data/weights/saoyan_DnCNN-S-25.safetensors'))
    for (const [variable, data] of values) device.write(variable, data)

    const denoisedWith = async (storage: StorageFormat) => {
      using program = await device.compile(
        (inputs) => ({ residual: model.forward(inputs.noisy) }),
        { noisy: [1, 1, size, size] },
        { storage, winograd: false },
      )
      const { residual } = await program.run({ noisy })
      const denoised = noisy.map((value, i) => value - (residual[i] as number))
      const { psnr } = imageQuality(denoised, clean, { width: size, height: size, clip: true })
      return { psnr: psnr.mean, arenaBytes: program.arenaBytes }
    }
    const [single, half] = [await denoisedWith('f32'), await denoisedWith('f16')]
    expect(single.psnr).toBeGreaterThan(28)
    expect(Math.abs(half.psnr - single.psnr)).toBeLessThan(0.001)
    expect(half.arenaBytes).toBeLessThan(0.55 * single.arenaBytes)
  })

  it(
    'lets the autoencoder train: its loss falls, and stays within two percent of that with float32',
    async () => {
      const shape = [4, 1, 28, 28]
      const pixels = 4 * 28 * 28
      const clean = Float32Array.from({ length: pixels }, (_, i) => 0.5 + 0.4 * Math.sin((i % 28) / 5 + i / 300))
      const noise = random('normal', keyFrom(2), pixels)
      const noisy = clean.map((value, i) => value + 0.2 * (noise[i] as number))

      const trainedWith = async (storage: StorageFormat) => {
        const model = autoencoder({ seed: 5 })
        const parameters = parametersOf(model)
        const optimiser = adam(parameters)
        const lossOf = autoencoderLoss('sigmoid')
        using program: Program<{ noisy: Shape; clean: Shape }, 'loss'> = await device.compile(
          (batch) => {
            const loss = lossOf(model.forward(batch.noisy, { training: true }), { clean: batch.clean })
            const values = parameters.map(({ value }) => value)
            optimiser.update(gradients(loss, values))
            return { loss }
          },
          { noisy: shape, clean: shape },
          { storage },
        )
        const losses: number[] = []
        for (let step = 1; step <= 25; step++) {
          optimiser.prepare(device, step, 1e-3)
          losses.push((await program.run({ noisy, clean })).loss[0] as number)
        }
        const { arenaBytes } = program
        device.forget([...variablesOf(model), ...optimiser.state])
        return { losses, arenaBytes }
      }
      const [single, half] = [await trainedWith('f32'), await trainedWith('f16')]
      expect(half.losses.at(-1)).toBeLessThan(0.95 * (half.losses[0] as number))
      for (const [i, loss] of half.losses.entries())
        expect(Math.abs(loss / (single.losses[i] as number) - 1), `loss of step ${i + 1}`).toBeLessThan(0.02)
      expect(half.losses).not.toEqual(single.losses)
      // Two bytes of each value that is kept for the way back, above all by the first pooling and the last convolution of 64
      // channels; gradients, which are larger, stay float32.
      expect(half.arenaBytes).toBeLessThan(single.arenaBytes - 2 * 2 * (4 * 64 * 14 * 14))
    },
    COLD_START,
  )
})
