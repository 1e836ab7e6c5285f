import { adnet } from '@noisescope/adnet'
import { variablesOf } from '@noisescope/nn'
import { describe, expect, test } from 'vitest'
import { activationMaps } from '../src/explainers/activation-maps.ts'
import { ExplainSession, pixel } from '../src/index.ts'
import { ExactModel, relativeDifference, total } from './helpers/class-activation.ts'
import { openTestDevice, randomise, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()

describe('activation maps of ADNet', async () => {
  const size = { width: 13, height: 12 }
  const model = adnet({ width: 4, batchNorm: false, bias: true, seed: 2 })
  randomise(device, model)
  // Two channels of conv_3 so far below zero that their ReLU never opens.
  const bias = variablesOf(model).find(({ name }) => name === 'conv_3.bias')!
  device.write(bias, Float32Array.of(0.1, -1000, 0.2, -1000))
  const exact = await ExactModel.read(device, model, size)
  using session = new ExplainSession(device, model, size)
  const [noisy, target] = [testImage(size, 1), pixel(4, 5)]
  const layers = ['conv_3', 'relu_3', 'relu_9', 'concat', 'tanh', 'noise']
  // One call for each, so that the second must not be given the first one's program.
  const [all] = await session.explain({ noisy, target }, [activationMaps()], { layers })
  const [energy] = await session.explain({ noisy, target }, [activationMaps({ channels: 'energy' })], { layers })
  const { layers: expected } = exact.layers(noisy, target)

  test('are what the layers put out', () => {
    for (const map of all!.maps) {
      const { activation, shape } = expected.get(map.name)!
      expect(map.shape).toEqual(shape.slice(1))
      expect(relativeDifference(map.data, activation.flat()), map.name).toBeLessThan(1e-5)
    }
  })

  test("have as energy the channels' root mean square", () => {
    for (const map of energy!.maps) {
      const { activation, shape } = expected.get(map.name)!
      const wanted = activation[0]!.map((_, p) => Math.sqrt(total(activation.map((a) => a[p]! ** 2)) / shape[1]!))
      expect(map.shape).toEqual(shape.slice(2))
      expect(relativeDifference(map.data, wanted), map.name).toBeLessThan(1e-5)
    }
  })

  test('are signed where a value is below zero', () => {
    const negative = layers.filter((name) =>
      expected
        .get(name)!
        .activation.flat()
        .some((each) => each < 0),
    )
    expect(negative).toContain('conv_3')
    expect(negative).not.toContain('relu_3')
    expect(all!.maps.filter(({ signed }) => signed).map(({ name }) => name)).toEqual(negative)
    expect(energy!.maps.some(({ signed }) => signed)).toBe(false)
  })

  test('count the channels that are zero everywhere', () => {
    const counted = layers.map((name) => [
      `dead ${name}`,
      expected.get(name)!.activation.filter((channel) => channel.every((each) => each === 0)).length,
    ])
    expect(all!.values).toEqual(Object.fromEntries(counted))
    expect(energy!.values).toEqual(all!.values)
    expect(all!.values!['dead relu_3']).toBeGreaterThanOrEqual(2)
    expect(all!.values!['dead conv_3']).toBe(0)
  })

  test('tell a layer that is zero from one that is not a number', async () => {
    const dead = adnet({ width: 2, batchNorm: false, bias: true, seed: 1 })
    for (const variable of variablesOf(dead)) {
      if (variable.name === 'conv_4.bias') device.write(variable, Float32Array.of(-1000, -1000))
      // Behind the dead layer, since NaN stays NaN through every ReLU.
      if (variable.name === 'conv_6.bias') device.write(variable, Float32Array.of(-1000, Number.NaN))
    }
    using other = new ExplainSession(device, dead, size)
    const [explanation] = await other.explain({ noisy, target }, [activationMaps()], { layers: ['relu_4', 'conv_6'] })
    expect(explanation!.maps.map(({ status }) => status)).toEqual(['flat', 'not-finite'])
    expect(explanation!.values).toEqual({ 'dead relu_4': 2, 'dead conv_6': 0 })
  })
})
