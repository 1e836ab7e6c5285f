import { gradients, sub, type Tensor } from '@noisescope/core'
import { type DncnnOptions, dncnnFromStateDict, dncnnS } from '@noisescope/dncnn'
import { parametersOf, type RecognisedModel, recipeLoss, recipeOptimiser, variablesOf } from '@noisescope/nn'
import { describe, expect } from 'vitest'
import { cropOf, itWithShared, relativeError, sharedImage, sharedTensors, testDevice } from './helpers/shared.ts'

const TOLERANCE = 1e-4
const BATCH = [4, 1, 20, 20]

/** Our name of a variable of the fixture's network: five convolutions, batch norm behind the middle three. */
const FIXTURE_PLACES: Readonly<Record<string, string>> = {
  conv_1: '0',
  conv_2: '2',
  batch_norm_2: '3',
  conv_3: '5',
  batch_norm_3: '6',
  conv_4: '8',
  batch_norm_4: '9',
  conv_5: '11',
}
const fixtureName = (name: string) => name.replace(/^\w+/, (layer) => `dncnn.${FIXTURE_PLACES[layer]}`)

/** Values of the fixture by their names in it. */
function fixture() {
  const tensors = sharedTensors('fixtures/dncnn_small.safetensors')
  const start = new Map(
    [...tensors].flatMap(([name, tensor]) => (/^dncnn\/dncnn\./.test(name) ? [[name.slice(6), tensor] as const] : [])),
  )
  const stored = (name: string): Float32Array => {
    const tensor = tensors.get(`dncnn/${name}`)
    if (tensor === undefined) throw new Error(`the fixture has no ${name}`)
    return tensor.data
  }
  return { start, stored }
}

async function place({ model, values }: RecognisedModel<DncnnOptions>) {
  const device = await testDevice()
  for (const [variable, data] of values) device.write(variable, data)
  return { device, model }
}

describe('DnCNN beside PyTorch', () => {
  itWithShared(
    'trains alike: residual, first gradients, twenty losses, running statistics, and evaluation after',
    async () => {
      const { start, stored } = fixture()
      const found = dncnnFromStateDict(start)
      expect(found.options).toEqual({ depth: 5, width: 8, channels: 1, bias: 'none', batchNorm: true })
      const { device, model } = await place(found)
      const { recipe } = dncnnS()
      const parameters = parametersOf(model)
      const optimiser = recipeOptimiser(recipe, parameters)
      using step = await device.compile(
        ({ noisy, clean }): Record<string, Tensor> => {
          const residual = model.forward(noisy, { training: true })
          const loss = recipeLoss(recipe, model.output)(residual, { clean, noise: sub(noisy, clean) })
          const found = gradients(
            loss,
            parameters.map(({ value }) => value),
          )
          optimiser.update(found)
          return { residual, loss, ...Object.fromEntries(parameters.map(({ name }, i) => [name, found[i] as Tensor])) }
        },
        { noisy: BATCH, clean: BATCH },
      )
      const inputs = { noisy: stored('noisy'), clean: stored('clean') }
      optimiser.prepare(device, 1, 1e-3)
      const first = await step.run(inputs)
      expect(relativeError(first.residual, stored('residual_train')), 'residual').toBeLessThan(TOLERANCE)
      for (const { name } of parameters) {
        expect(relativeError(first[name], stored(`d_${fixtureName(name)}`)), `gradient of ${name}`).toBeLessThan(
          TOLERANCE,
        )
      }
      const losses = [...(first.loss as Float32Array)]
      for (let number = 2; number <= 20; number++) {
        optimiser.prepare(device, number, 1e-3)
        losses.push(...((await step.run(inputs, { read: ['loss'] })).loss as Float32Array))
      }
      for (const [i, loss] of stored('losses').entries()) {
        expect(Math.abs((losses[i] as number) / loss - 1), `loss of step ${i + 1}: ${losses[i]}`).toBeLessThan(
          TOLERANCE,
        )
      }
      const variables = variablesOf(model)
      const after = await device.read(variables)
      for (const [i, { name }] of variables.entries()) {
        expect(relativeError(after[i], stored(`after_${fixtureName(name)}`)), `${name} after`).toBeLessThan(TOLERANCE)
      }
      using evaluation = await device.compile(({ noisy }) => ({ y: model.forward(noisy) }), { noisy: BATCH })
      const { y } = await evaluation.run({ noisy: stored('noisy') })
      expect(relativeError(y, stored('residual_eval_after')), 'evaluation').toBeLessThan(TOLERANCE)
    },
  )

  for (const [weights, options] of Object.entries({
    'saoyan_DnCNN-S-25': { depth: 17, width: 64, channels: 1, bias: 'none', batchNorm: true },
    kair_dncnn_25: { depth: 17, width: 64, channels: 1, bias: 'all', batchNorm: false },
  } as const)) {
    itWithShared(`cleans the inside of a crop as PyTorch the whole image: ${weights}`, async () => {
      const found = dncnnFromStateDict(sharedTensors(`data/weights/${weights}.safetensors`), weights)
      expect(found.options).toEqual(options)
      const { device, model } = await place(found)
      const inside = 8
      const radius = model.receptiveRadius ?? 0
      const size = inside + 2 * radius
      const noisy = cropOf(sharedImage('data/reference/set12_01_noisy25.npy'), 100 - radius, size)
      using program = await device.compile(({ noisy }) => ({ clean: sub(noisy, model.forward(noisy)) }), {
        noisy: [1, 1, size, size],
      })
      const { clean } = await program.run({ noisy })
      const expected = cropOf(sharedImage(`data/reference/set12_01_${weights}.npy`), 100, inside)
      expect(relativeError(cropOf({ width: size, data: clean }, radius, inside), expected)).toBeLessThan(TOLERANCE)
    })
  }

  itWithShared('is recognised in all of its published weights', () => {
    const depths = { 'saoyan_DnCNN-S-15': 17, 'saoyan_DnCNN-S-50': 17, 'saoyan_DnCNN-B': 20 }
    for (const [weights, depth] of Object.entries(depths)) {
      const { options } = dncnnFromStateDict(sharedTensors(`data/weights/${weights}.safetensors`), weights)
      expect(options, weights).toEqual({ depth, width: 64, channels: 1, bias: 'none', batchNorm: true })
    }
  })
})
